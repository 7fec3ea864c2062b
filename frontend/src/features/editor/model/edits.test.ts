import { describe, expect, it } from "vitest";
import {
  addNodeAfter,
  insertOnEdge,
  moveNodes,
  newNode,
  removeNodes,
  rename,
  setParam,
  setParamAndPorts,
} from "./edits";
import { nodeById } from "./graph";
import type { NodeType } from "./node-type";
import { SAMPLE_TYPES, sampleGraph, wires, withParams } from "./sample-types";

const typeOf = (name: string) => SAMPLE_TYPES.get(name) as NodeType;

describe("adding", () => {
  it("names a second node of a type", () => {
    const graph = sampleGraph("a:start");
    const first = newNode(graph, typeOf("step"), { x: 0, y: 0 });
    const second = newNode({ ...graph, nodes: [first] }, typeOf("step"), { x: 0, y: 0 });
    expect([first.title, second.title]).toEqual(["Step", "Step 2"]);
    expect(first.id).not.toBe(second.id);
  });

  it("connects to the node it is added behind", () => {
    const graph = sampleGraph("c:check d", "c.true>d");
    const node = newNode(graph, typeOf("step"), { x: 0, y: 0 });
    expect(wires(addNodeAfter(node, "c", SAMPLE_TYPES)(graph))).toContain(`c.false>${node.id}.in`);
  });

  it("leaves a trigger unconnected", () => {
    const graph = sampleGraph("a");
    const node = newNode(graph, typeOf("start"), { x: 0, y: 0 });
    expect(addNodeAfter(node, "a", SAMPLE_TYPES)(graph).edges).toEqual([]);
  });

  it("goes between two nodes", () => {
    const graph = sampleGraph("c:check d", "c.false>d");
    const node = newNode(graph, typeOf("step"), { x: 0, y: 0 });
    expect(wires(insertOnEdge(node, "c.false>d", SAMPLE_TYPES)(graph))).toEqual([
      `c.false>${node.id}.in`,
      `${node.id}.out>d.in`,
    ]);
  });

  it("leaves the edge alone when the node can't pass items on", () => {
    const graph = sampleGraph("a b", "a>b");
    const node = newNode(graph, typeOf("end"), { x: 0, y: 0 });
    expect(wires(insertOnEdge(node, "a>b", SAMPLE_TYPES)(graph))).toEqual(["a.out>b.in"]);
  });
});

describe("removing", () => {
  it("joins the neighbours", () => {
    const graph = removeNodes(new Set(["b"]), SAMPLE_TYPES)(sampleGraph("a b c", "a>b b>c"));
    expect(wires(graph)).toEqual(["a.out>c.in"]);
  });

  it("joins across several", () => {
    const graph = removeNodes(
      new Set(["b", "c"]),
      SAMPLE_TYPES,
    )(sampleGraph("a b c d", "a>b b>c c>d"));
    expect(wires(graph)).toEqual(["a.out>d.in"]);
  });

  it("joins nothing where the way parted", () => {
    const graph = sampleGraph("a b:check c d", "a>b b.true>c b.false>d");
    expect(removeNodes(new Set(["b"]), SAMPLE_TYPES)(graph).edges).toEqual([]);
  });
});

describe("renaming", () => {
  it("rewrites every expression that names the node", () => {
    const graph = withParams(sampleGraph("a b"), "b", {
      fields: [{ value: "{{ $('A').item.json.x + $(\"A\").first().json.y }} and $('A')" }],
    });
    const renamed = rename("a", "It's new")(graph);
    expect(nodeById(renamed, "b")?.params).toEqual({
      fields: [
        { value: "{{ $('It\\'s new').item.json.x + $('It\\'s new').first().json.y }} and $('A')" },
      ],
    });
  });

  it("never makes two nodes of one title", () => {
    expect(nodeById(rename("a", "B")(sampleGraph("a b")), "a")?.title).toBe("B 2");
  });

  it("keeps the title when nothing is left of it", () => {
    const graph = sampleGraph("a");
    expect(rename("a", "  ")(graph)).toBe(graph);
  });
});

it("keeps the wires of a port that is renamed", () => {
  const cases = (...names: string[]) => names.map((name) => ({ name }));
  const graph = withParams(sampleGraph("r:route b c", "r.big>b r.small>c"), "r", {
    cases: cases("big", "small"),
  });
  const renamed = setParamAndPorts("r", "cases", cases("huge", "small"), SAMPLE_TYPES)(graph);
  expect(wires(renamed)).toEqual(["r.huge>b.in", "r.small>c.in"]);
  const cleared = setParamAndPorts("r", "cases", cases("", "small"), SAMPLE_TYPES)(graph);
  const anew = setParamAndPorts("r", "cases", cases("h", "small"), SAMPLE_TYPES)(cleared);
  expect(wires(anew)).toEqual(["r.h>b.in", "r.small>c.in"]);
  const shorter = setParamAndPorts("r", "cases", cases("small"), SAMPLE_TYPES)(graph);
  expect(wires(shorter)).toEqual(["r.big>b.in", "r.small>c.in"]);
});

it("clears what was chosen for the former value of a parameter", () => {
  const params_schema = {
    properties: {
      board: { type: "string", "x-options": { loader: "boards", dependsOn: [] } },
      list: { type: "string", "x-options": { loader: "lists", dependsOn: ["board"] } },
    },
  };
  const step = SAMPLE_TYPES.get("step");
  const types = new Map(step === undefined ? [] : [["step", { ...step, params_schema }]]);
  const graph = withParams(sampleGraph("a"), "a", { board: "b1", list: "l1", name: "x" });
  const moved = setParamAndPorts("a", "board", "b2", types)(graph);
  expect(nodeById(moved, "a")?.params).toEqual({ board: "b2", name: "x" });
});

it("takes a parameter out so that its default holds", () => {
  const graph = withParams(sampleGraph("a"), "a", { x: 1, y: 2 });
  expect(nodeById(setParam("a", "x", undefined)(graph), "a")?.params).toEqual({ y: 2 });
});

it("keeps the objects of nodes that did not move", () => {
  const graph = sampleGraph("a b");
  const moved = moveNodes(new Map([["b", { x: 8, y: 8 }]]))(graph);
  expect(moved.nodes[0]).toBe(graph.nodes[0]);
  expect(moved.nodes[1]?.position).toEqual({ x: 8, y: 8 });
});
