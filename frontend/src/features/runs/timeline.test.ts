import { describe, expect, it } from "vitest";
import type { GraphNode, NodeRun, Run } from "@/shared/api/types";
import { rowToShow, timelineOf } from "./timeline";

const at = (second: number) => new Date(second * 1000).toISOString();

const node = (id: string): GraphNode => ({
  id,
  type: "core.set",
  title: id.toUpperCase(),
  position: { x: 0, y: 0 },
  params: {},
});

const nodeRun = (node_id: string, over: Partial<NodeRun> = {}): NodeRun => ({
  node_id,
  path: "",
  status: "succeeded",
  waiting: null,
  attempt: 1,
  started_at: at(0),
  finished_at: at(1),
  items_in: 1,
  items_out: 1,
  port: null,
  ports: {},
  cost_usd: "0",
  error: null,
  ...over,
});

const run = (node_runs: NodeRun[], over: Partial<Run> = {}): Run => ({
  id: "run_1",
  workflow_id: "wf_1",
  workflow_name: "W",
  version: 1,
  trigger: "a",
  trigger_kind: "manual",
  event_id: null,
  retry_of: null,
  parent: null,
  status: "succeeded",
  waiting: null,
  created_at: at(0),
  started_at: at(0),
  finished_at: at(10),
  cost_usd: "0",
  error: null,
  output: null,
  node_runs,
  children: [],
  children_count: 0,
  ...over,
});

describe("the time line", () => {
  it("orders by start, puts skipped and missing nodes last and names them by title", () => {
    const line = timelineOf(
      run([
        nodeRun("c", { started_at: at(4), finished_at: at(9) }),
        nodeRun("b", { status: "skipped", started_at: null, finished_at: null }),
        nodeRun("a", { started_at: at(0), finished_at: at(5) }),
      ]),
      [node("a"), node("b"), node("c"), node("d")],
      0,
    );
    expect(line.rows.map((row) => row.title)).toEqual(["A", "C", "B", "D"]);
    expect(line.rows.map((row) => [row.start, row.width])).toEqual([
      [0, 0.5],
      [0.4, 0.5],
      [0, 0],
      [0, 0],
    ]);
    expect(line.rows[3]?.nodeRun).toBeNull();
  });

  it("goes up to now while the run lasts", () => {
    const going = nodeRun("a", { status: "running", started_at: at(5), finished_at: null });
    const line = timelineOf(run([going], { finished_at: null }), [node("a")], 20_000);
    expect(line.rows[0]).toMatchObject({ start: 0.25, width: 0.75 });
  });

  it("does without a graph", () => {
    expect(timelineOf(run([nodeRun("a")]), [], 0).rows[0]?.title).toBe("a");
  });
});

it("shows first what needs a person, then what failed", () => {
  const rows = (...runs: NodeRun[]) => timelineOf(run(runs), [], 0).rows;
  const failed = nodeRun("b", { status: "failed" });
  const unknown = nodeRun("c", {
    status: "waiting",
    waiting: { reason: "outcome", until: null, url: null },
  });
  expect(rowToShow(rows(nodeRun("a"), failed, unknown))?.nodeId).toBe("c");
  expect(rowToShow(rows(nodeRun("a"), failed))?.nodeId).toBe("b");
  expect(rowToShow(rows(nodeRun("a"), nodeRun("d", { status: "skipped" })))?.nodeId).toBe("a");
  expect(rowToShow([])).toBeUndefined();
});
