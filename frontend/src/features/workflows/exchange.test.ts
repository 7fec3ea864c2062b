import { describe, expect, it } from "vitest";
import { NotAWorkflow, readWorkflowFile } from "./exchange";

const graph = { format: 1, nodes: [], edges: [], notes: [], settings: {} };

describe("an imported file", () => {
  it("may be an export with its name", () => {
    const read = readWorkflowFile(JSON.stringify({ name: "Orders", graph }), "x.json");
    expect(read).toEqual({ name: "Orders", graph });
  });

  it("may be a bare graph, named after the file", () => {
    expect(readWorkflowFile(JSON.stringify(graph), "big-orders.json").name).toBe("big-orders");
  });

  it.each(["not json", "[]", '{"name": "x"}', '{"graph": {"nodes": 1}}'])("refuses %s", (text) => {
    expect(() => readWorkflowFile(text, "x.json")).toThrow(NotAWorkflow);
  });
});
