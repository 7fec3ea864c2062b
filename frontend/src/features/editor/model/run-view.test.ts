import { describe, expect, it } from "vitest";
import type { NodeRun, Run, Waiting } from "@/shared/api/types";
import { itemsOnPort, nodeName, nodeStates } from "./run-view";

const nodeRun = (rest: Partial<NodeRun>): NodeRun => ({
  node_id: "a",
  path: "",
  status: "succeeded",
  waiting: null,
  attempt: 1,
  started_at: "2025-01-01T10:00:00Z",
  finished_at: "2025-01-01T10:00:01Z",
  items_in: 1,
  items_out: 1,
  port: null,
  ports: {},
  cost_usd: "0",
  error: null,
  ...rest,
});

const run = (...node_runs: NodeRun[]): Run => ({
  id: "run_1",
  workflow_id: "wf_1",
  version: null,
  trigger: "a",
  trigger_kind: "manual",
  event_id: null,
  status: "running",
  waiting: null,
  created_at: "",
  started_at: null,
  finished_at: null,
  cost_usd: "0",
  error: null,
  workflow_name: "W",
  retry_of: null,
  parent: null,
  output: null,
  node_runs,
  children: [],
  children_count: 0,
});

describe("node states", () => {
  it("of inner nodes are those of the latest round, unless one failed or one is chosen", () => {
    const at = (index: number, status: NodeRun["status"] = "succeeded") =>
      nodeRun({ path: `m:${index}`, status, items_out: index });
    const fine = run(at(0), at(1), at(2));
    expect(nodeStates(fine).get("a")?.itemsOut).toBe(2);
    expect(nodeStates(fine, { m: 1 }).get("a")?.itemsOut).toBe(1);
    expect(nodeStates(run(at(0), at(1, "failed"), at(2))).get("a")?.status).toBe("failed");
  });

  it("tell an unknown outcome from other waiting", () => {
    const waiting = (reason: string) =>
      nodeStates(run(nodeRun({ status: "waiting", waiting: { reason } as Waiting }))).get("a");
    expect(waiting("outcome")?.status).toBe("unknown");
    expect(waiting("time")?.status).toBe("waiting");
  });
});

it("counts the items of each port, in all rounds together or in the chosen one", () => {
  const twice = [
    nodeRun({ path: "m:0", ports: { true: 5 } }),
    nodeRun({ path: "m:1", ports: { true: 1, false: 2 } }),
  ];
  const state = nodeStates(run(...twice)).get("a");
  expect([itemsOnPort(state, "true"), itemsOnPort(state, "false")]).toEqual([6, 2]);
  expect(itemsOnPort(nodeStates(run(...twice), { m: 1 }).get("a"), "true")).toBe(1);
  expect([itemsOnPort(state, "error"), itemsOnPort(undefined, "true")]).toEqual([null, null]);
});

it("names a node for a screen reader", () => {
  const state = nodeStates(run(nodeRun({ status: "failed", items_in: 5 }))).get("a");
  const node = { title: "Make a card", type: "http.request", disabled: false };
  expect(nodeName(node, state, 0)).toBe("Make a card, http.request, failed, 5 items in");
  expect(nodeName({ ...node, disabled: true }, undefined, 1)).toBe(
    "Make a card, http.request, off, 1 problem",
  );
});
