import { describe, expect, it } from "vitest";
import { copy, freshen, homeOf, paste } from "./clipboard";
import { moveNodes, removeNodes } from "./edits";
import { toFlowNodes } from "./flow";
import { containerAt, moveInto, onCanvas, settled, sizeOf } from "./frames";
import { type Graph, type GraphNode, nodeById, type Position } from "./graph";
import { tidyUp } from "./layout";
import { SAMPLE_TYPES, sampleGraph, wires } from "./sample-types";

const node = (graph: Graph, id: string) => nodeById(graph, id) as GraphNode;

function within(graph: Graph, parents: Record<string, [parent: string, at: Position]>): Graph {
  const nodes = graph.nodes.map((entry) => {
    const [parent, position] = parents[entry.id] ?? [entry.parent, entry.position];
    return { ...entry, parent, position };
  });
  return { ...graph, nodes };
}

// a ─► [ l: b ─► c ] ─► d
const graph = within(sampleGraph("c b a l:loop d", "a>l b>c l.done>d"), {
  b: ["l", { x: 32, y: 72 }],
  c: ["l", { x: 304, y: 72 }],
});

describe("a frame", () => {
  it("is as large as what stands in it needs", () => {
    expect(sizeOf(graph, SAMPLE_TYPES, node(graph, "l"))).toEqual({ width: 544, height: 184 });
  });

  it("grows to the left when something is moved there, and what is in it stays where it is", () => {
    const before = onCanvas(graph, node(graph, "c"));
    const moved = settled(moveNodes(new Map([["b", { x: -40, y: 72 }]]))(graph));
    expect(node(moved, "l").position.x).toBe(node(graph, "l").position.x - 72);
    expect(onCanvas(moved, node(moved, "c"))).toEqual(before);
  });

  it("comes before what is in it", () => {
    const nodes = toFlowNodes(graph, SAMPLE_TYPES, new Set(), []);
    const ids = nodes.map(({ id }) => id);
    expect(ids.indexOf("l")).toBeLessThan(ids.indexOf("b"));
    expect(nodes.find(({ id }) => id === "b")).toMatchObject({ parentId: "l", type: "card" });
    expect(nodes.find(({ id }) => id === "l")).toMatchObject({ type: "frame", width: 544 });
    expect(toFlowNodes(graph, SAMPLE_TYPES, new Set(), nodes)).toBe(nodes);
  });

  it("is found at a point, the innermost first", () => {
    const { x, y } = node(graph, "l").position;
    expect(containerAt(graph, SAMPLE_TYPES, { x: x + 10, y: y + 100 })).toBe("l");
    expect(containerAt(graph, SAMPLE_TYPES, { x: x - 10, y })).toBeNull();
  });
});

describe("dropping", () => {
  it("into a frame keeps the place and cuts the wires that would cross", () => {
    const put = moveInto(new Set(["d"]), "l", SAMPLE_TYPES)(graph);
    expect(node(put, "d").parent).toBe("l");
    expect(onCanvas(put, node(put, "d"))).toEqual(node(graph, "d").position);
    expect(wires(put)).toEqual(["a.out>l.in", "b.out>c.in"]);
  });

  it("out of a frame does the same", () => {
    const out = moveInto(new Set(["c"]), null, SAMPLE_TYPES)(graph);
    expect(node(out, "c")).toMatchObject({ parent: null });
    expect(onCanvas(out, node(out, "c"))).toEqual(onCanvas(graph, node(graph, "c")));
    expect(wires(out)).toEqual(["a.out>l.in", "l.done>d.in"]);
  });

  it("never puts a container into itself", () => {
    expect(moveInto(new Set(["l"]), "l", SAMPLE_TYPES)(graph)).toBe(graph);
  });

  it("leaves triggers outside", () => {
    const started = sampleGraph("s:start l:loop");
    expect(moveInto(new Set(["s"]), "l", SAMPLE_TYPES)(started)).toBe(started);
  });
});

it("takes what is inside along: copied", () => {
  const fresh = freshen(graph, copy(graph, new Set(["l"])), { x: 1000, y: 400 });
  const pasted = paste(fresh)(graph);
  const frame = pasted.nodes.find((entry) => entry.title === "L 2") as GraphNode;
  const inner = pasted.nodes.filter((entry) => entry.parent === frame.id);
  expect(frame.position).toEqual({ x: 1000, y: 400 });
  expect(inner.map((entry) => entry.position.x).sort()).toEqual([304, 32]);
  expect(pasted.edges).toHaveLength(graph.edges.length + 1);
});

it("takes what is inside along: removed", () => {
  const left = removeNodes(new Set(["l"]), SAMPLE_TYPES)(graph);
  expect(left.nodes.map((entry) => entry.id).sort()).toEqual(["a", "d"]);
  expect(wires(left)).toEqual(["a.out>d.in"]);
});

it("keeps the copy of an inner node in its frame", () => {
  const clip = copy(graph, new Set(["b"]));
  const home = homeOf(graph, clip);
  const fresh = freshen(graph, clip, null, home);
  expect(fresh.nodes[0]).toMatchObject({ parent: "l", position: { x: 64, y: 136 } });
  expect(homeOf(sampleGraph("a"), clip)).toBeNull();
});

it("tidies what is inside, then around it", async () => {
  const places = await tidyUp(graph, SAMPLE_TYPES, new Set());
  const tidied = moveNodes(places)(graph);
  const frame = node(tidied, "l");
  expect(node(tidied, "b").position).toEqual({ x: 32, y: 72 });
  expect(node(tidied, "d").position.x).toBeGreaterThan(
    frame.position.x + sizeOf(tidied, SAMPLE_TYPES, frame).width,
  );
});
