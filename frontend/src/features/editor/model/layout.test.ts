import { expect, it } from "vitest";
import { toFlowEdges, toFlowNodes } from "./flow";
import { tidyUp } from "./layout";
import { SAMPLE_TYPES, sampleGraph } from "./sample-types";

it("lays a graph out from left to right without overlaps", async () => {
  const graph = sampleGraph("a:start b:check c d", "a>b b.true>c b.false>d");
  const places = await tidyUp(graph, SAMPLE_TYPES, new Set());
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => places.get(id));
  expect(a?.x).toBe(0);
  expect(b?.x).toBeGreaterThanOrEqual(264);
  expect(c?.x).toBe(d?.x);
  expect(Math.abs((c?.y ?? 0) - (d?.y ?? 0))).toBeGreaterThan(90);
  expect(c?.y).toBeLessThan(d?.y ?? 0);
});

it("keeps the objects of nodes and edges that did not change", () => {
  const graph = sampleGraph("a b", "a>b");
  const nodes = toFlowNodes(graph, SAMPLE_TYPES, new Set(), []);
  const edges = toFlowEdges(graph, new Set(), []);
  const again = toFlowNodes(graph, SAMPLE_TYPES, new Set(["b"]), nodes);
  expect(again[0]).toBe(nodes[0]);
  expect(again[1]?.selected).toBe(true);
  expect(toFlowEdges(graph, new Set(), edges)).toBe(edges);
  expect(toFlowNodes(graph, SAMPLE_TYPES, new Set(), nodes)).toBe(nodes);
});
