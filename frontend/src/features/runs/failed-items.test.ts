import { describe, expect, it } from "vitest";
import type { NodeRun, Run } from "@/shared/api/types";
import { failedItems } from "./failed-items";
import type { Row } from "./timeline";

function row(nodeId: string, path: string, nodeRun: Partial<NodeRun>, type = "core.map"): Row {
  const whole = { ports: {}, status: "succeeded", ...nodeRun } as NodeRun;
  const place = { start: 0, width: 0, key: `${nodeId}/${path}` };
  return { ...place, nodeId, path, title: nodeId, type, nodeRun: whole };
}

const ended = { status: "succeeded" } as Run;

describe("failedItems", () => {
  it("counts what left a map by its port for errors", () => {
    const rows = [row("each", "", { ports: { done: 993, errors: 7 } })];
    expect(failedItems(ended, rows)).toEqual([{ nodeId: "each", title: "each", count: 7 }]);
    expect(failedItems({ ...ended, status: "running" }, rows)).toEqual([]);
  });

  it("offers nothing where nothing failed, and for maps inside of others", () => {
    expect(failedItems(ended, [row("each", "", { ports: { done: 3, errors: 0 } })])).toEqual([]);
    expect(failedItems(ended, [row("in", "each:1", { ports: { errors: 2 } })])).toEqual([]);
    expect(failedItems(ended, [row("split", "", { ports: { errors: 2 } }, "core.if")])).toEqual([]);
  });

  it("offers a map that failed as a whole, if any of it ran", () => {
    const failed = { ...ended, status: "failed" } as Run;
    const map = row("each", "", { status: "failed" });
    expect(failedItems(failed, [map])).toEqual([]);
    const inner = row("step", "each:4", { status: "failed" }, "core.set");
    expect(failedItems(failed, [map, inner])).toEqual([
      { nodeId: "each", title: "each", count: null },
    ]);
  });
});
