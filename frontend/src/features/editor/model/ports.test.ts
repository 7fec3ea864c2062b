import { describe, expect, it } from "vitest";
import { nodeHeight, portTop } from "./geometry";
import { type Graph, type GraphEdge, type GraphNode, nodeById } from "./graph";
import { effectOf, inputPorts, isTrigger, outputPorts } from "./node-type";
import { placeAfter, roomOnEdge } from "./place";
import { SAMPLE_TYPES, sampleGraph, withParams } from "./sample-types";

function node(graph: Graph, id: string): GraphNode {
  return nodeById(graph, id) as GraphNode;
}

describe("ports", () => {
  it("come from parameters where the type says so", () => {
    const graph = withParams(sampleGraph("r:route"), "r", {
      cases: [{ name: "big" }, { name: "small" }, { name: "" }],
    });
    expect(outputPorts(SAMPLE_TYPES.get("route"), node(graph, "r"))).toEqual([
      "big",
      "small",
      "fallback",
    ]);
  });

  it("end with error when failures go there", () => {
    const step = node(sampleGraph("a"), "a");
    const failing = { ...step, settings: { ...step.settings, on_error: "port" as const } };
    expect(outputPorts(SAMPLE_TYPES.get("step"), failing)).toEqual(["out", "error"]);
  });

  it("are numbered with one to spare, at least two", () => {
    expect(inputPorts(SAMPLE_TYPES.get("join"), "j", sampleGraph("j:join"))).toEqual([
      "in1",
      "in2",
    ]);
    const graph = sampleGraph("a b j:join", "a>j.in1 b>j.in2");
    expect(inputPorts(SAMPLE_TYPES.get("join"), "j", graph)).toEqual(["in1", "in2", "in3"]);
  });

  it("are missing at a trigger's input", () => {
    expect(isTrigger(SAMPLE_TYPES.get("start"))).toBe(true);
    expect(isTrigger(SAMPLE_TYPES.get("join"))).toBe(false);
  });
});

it("reads an effect that depends on a parameter", () => {
  const call = SAMPLE_TYPES.get("call");
  expect(effectOf(call, { method: "GET" })).toBe("read");
  expect(effectOf(call, { method: "{{ $json.method }}" })).toBe("once");
});

describe("geometry", () => {
  it("gives a card a row for each port once there are several", () => {
    expect(nodeHeight(["in"], ["out"])).toBe(56);
    expect(nodeHeight(["in"], ["true", "false"])).toBe(112);
    expect([portTop(0, 1), portTop(1, 2)]).toEqual([28, 96]);
  });

  it("places a node beside its source, below what is there", () => {
    const graph = sampleGraph("a b");
    expect(placeAfter(graph, SAMPLE_TYPES, node(graph, "a"))).toEqual({ x: 272, y: 104 });
  });

  it("makes room on an edge by moving what comes after", () => {
    const graph = sampleGraph("a b c d", "a>b b>c");
    const room = roomOnEdge(graph, SAMPLE_TYPES, graph.edges[0] as GraphEdge);
    expect(room?.position).toEqual({ x: 272, y: 0 });
    expect(room?.change(graph).nodes.map((entry) => entry.position.x)).toEqual([0, 544, 816, 816]);
  });
});
