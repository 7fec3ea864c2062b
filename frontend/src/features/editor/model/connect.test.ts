import { describe, expect, it } from "vitest";
import { connect, connectRefusal, fittingWire, reconnect } from "./connect";
import { SAMPLE_TYPES, sampleGraph, wires } from "./sample-types";

const wire = (source: string, target: string, port = "out", input = "in") => ({
  source,
  port,
  target,
  input,
});

describe("connectRefusal", () => {
  const graph = sampleGraph("a:start b c:check d:join e:end", "a>b b>c c.true>d.in1");
  const refusal = (...ends: Parameters<typeof wire>) =>
    connectRefusal(graph, SAMPLE_TYPES, wire(...ends));

  it("lets a fitting wire through", () => {
    expect(refusal("c", "d", "false", "in2")).toBeNull();
  });

  it("says why not", () => {
    expect(refusal("b", "b")).toBe("same-node");
    expect(refusal("a", "b")).toBe("already-connected");
    expect(refusal("c", "b", "true")).toBe("makes-a-cycle");
    expect(refusal("b", "a")).toBe("trigger-has-no-input");
    expect(refusal("b", "e", "true")).toBe("no-such-port");
    expect(refusal("b", "d")).toBe("no-such-input");
    expect(refusal("b", "gone")).toBe("no-such-node");
  });

  it("keeps wires out of containers", () => {
    const inside = {
      ...graph,
      nodes: graph.nodes.map((node) => (node.id === "e" ? { ...node, parent: "c" } : node)),
    };
    expect(connectRefusal(inside, SAMPLE_TYPES, wire("b", "e"))).toBe("crosses-a-container");
  });
});

describe("fittingWire", () => {
  it("prefers a port that is free", () => {
    const graph = sampleGraph("c:check d e", "c.true>d");
    expect(fittingWire(graph, SAMPLE_TYPES, "c", "e")).toEqual(wire("c", "e", "false"));
  });

  it("finds the next input of a merge", () => {
    const graph = sampleGraph("a b j:join", "a>j.in1");
    expect(fittingWire(graph, SAMPLE_TYPES, "b", "j")?.input).toBe("in1");
  });

  it("finds nothing where nothing fits", () => {
    expect(fittingWire(sampleGraph("a e:end"), SAMPLE_TYPES, "e", "a")).toBeNull();
  });
});

it("connects once only", () => {
  const graph = sampleGraph("a b", "a>b");
  expect(connect(wire("a", "b"))(graph)).toBe(graph);
});

it("keeps an edge's place when one end moves", () => {
  const graph = sampleGraph("a b c d", "a>b a>c");
  expect(wires(reconnect("a>b", wire("a", "d"))(graph))).toEqual(["a.out>d.in", "a.out>c.in"]);
});
