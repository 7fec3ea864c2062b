import { describe, expect, it } from "vitest";
import { duration, itemsOnPort, type NodeRun, nodeName, nodeStates, type Run } from "./run-view";

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
  error: null,
  ...rest,
});

const run = (...node_runs: NodeRun[]): Run => ({
  id: "run_1",
  workflow_id: "wf_1",
  version: null,
  trigger: null,
  status: "running",
  waiting: null,
  created_at: "",
  started_at: null,
  finished_at: null,
  cost_usd: null,
  error: null,
  node_runs,
});

describe("node states", () => {
  it("sum a node up that ran several times, the worst first", () => {
    const state = nodeStates(
      run(nodeRun({ items_out: 2 }), nodeRun({ path: "m:1", status: "failed" })),
    ).get("a");
    expect(state).toMatchObject({ status: "failed", itemsIn: 2, itemsOut: 3 });
  });

  it("tell an unknown outcome from other waiting", () => {
    const waiting = (reason: string) =>
      nodeStates(run(nodeRun({ status: "waiting", waiting: { reason } }))).get("a");
    expect(waiting("outcome")?.status).toBe("unknown");
    expect(waiting("time")?.status).toBe("waiting");
  });

  it("count items by port", () => {
    const state = nodeStates(run(nodeRun({ items_out: { true: 5, false: 0 } }))).get("a");
    expect([
      itemsOnPort(state, "true"),
      itemsOnPort(state, "false"),
      itemsOnPort(undefined, "true"),
    ]).toEqual([5, null, null]);
    const single = nodeStates(run(nodeRun({ items_out: 3, port: "true" }))).get("a");
    expect([itemsOnPort(single, "true"), itemsOnPort(single, "false")]).toEqual([3, null]);
  });
});

it("names a node for a screen reader", () => {
  const state = nodeStates(run(nodeRun({ status: "failed", items_in: 5 }))).get("a");
  const node = { title: "Make a card", type: "http.request", disabled: false };
  expect(nodeName(node, state, 0)).toBe("Make a card, http.request, failed, 5 items in");
  expect(nodeName({ ...node, disabled: true }, undefined, 1)).toBe(
    "Make a card, http.request, off, 1 problem",
  );
});

it("says how long something took", () => {
  const from = "2025-01-01T10:00:00Z";
  expect(duration(from, "2025-01-01T10:00:00.340Z", 0)).toBe("340 ms");
  expect(duration(from, "2025-01-01T10:00:03.100Z", 0)).toBe("3.1 s");
  expect(duration(from, null, Date.parse("2025-01-01T10:02:05Z"))).toBe("2 min 5 s");
  expect(duration(null, null, 0)).toBeNull();
});
