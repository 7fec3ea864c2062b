import { expect, it } from "vitest";
import type { NodeRun, Run, RunSummary } from "@/shared/api/types";
import { keepNewer, mergeNodeRun, mergeRun, replaceInPages } from "./merge";

const nodeRun = (over: Partial<NodeRun>): NodeRun => ({
  node_id: "a",
  path: "",
  status: "running",
  waiting: null,
  attempt: 1,
  started_at: null,
  finished_at: null,
  items_in: 0,
  items_out: 0,
  port: null,
  ports: {},
  cost_usd: "0",
  error: null,
  ...over,
});

const summary: RunSummary = {
  id: "run_1",
  workflow_id: "wf_1",
  workflow_name: "Orders",
  version: 1,
  trigger: "hook",
  trigger_kind: "webhook",
  event_id: null,
  retry_of: null,
  parent: null,
  status: "running",
  waiting: null,
  created_at: "2026-01-01T00:00:00Z",
  started_at: null,
  finished_at: null,
  cost_usd: "0",
  error: null,
};

const run: Run = {
  ...summary,
  output: null,
  node_runs: [nodeRun({})],
  children: [],
  children_count: 0,
};

it("keeps the node runs when an event brings none", () => {
  const merged = mergeRun(run, { ...summary, status: "succeeded" });
  expect(merged.status).toBe("succeeded");
  expect(merged.node_runs).toHaveLength(1);
});

it("replaces a node run by node and path, and adds a new one", () => {
  const done = mergeNodeRun(run, nodeRun({ status: "succeeded", items_out: 3 }));
  expect(done.node_runs).toEqual([nodeRun({ status: "succeeded", items_out: 3 })]);
  const inLoop = mergeNodeRun(run, nodeRun({ path: "loop:1" }));
  expect(inLoop.node_runs.map((known) => known.path)).toEqual(["", "loop:1"]);
});

it("replaces a run where a page shows it, and says so where none does", () => {
  const pages = { pages: [{ items: [summary], next_cursor: null }], pageParams: [undefined] };
  const replaced = replaceInPages(pages, { ...summary, status: "failed" });
  expect(replaced?.pages[0]?.items[0]?.status).toBe("failed");
  expect(replaceInPages(pages, { ...summary, id: "run_2" })).toBeNull();
});

it("loses nothing to an answer that is older than the events", () => {
  const loop = nodeRun({ node_id: "loop", items_in: 9 });
  const done = nodeRun({ path: "loop:0", status: "succeeded" });
  const known: Run = { ...run, node_runs: [loop, done, nodeRun({ path: "loop:1" })] };
  const answer: Run = {
    ...run,
    node_runs: [nodeRun({ path: "loop:0" }), nodeRun({ path: "loop:1", status: "failed" })],
  };
  const statuses = (shown: Run) =>
    Object.fromEntries(shown.node_runs.map((one) => [`${one.node_id} ${one.path}`, one.status]));
  expect(statuses(keepNewer(known, answer))).toEqual({
    "a loop:0": "succeeded",
    "a loop:1": "failed",
    "loop ": "running",
  });
  expect(keepNewer(known, { ...answer, status: "failed" }).node_runs).toHaveLength(2);
});
