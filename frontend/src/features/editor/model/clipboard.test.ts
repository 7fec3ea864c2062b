import { describe, expect, it } from "vitest";
import { copy, freshen, paste, readClip } from "./clipboard";
import { sampleGraph, withParams } from "./sample-types";

describe("clipboard", () => {
  const graph = withParams(sampleGraph("a b c", "a>b b>c"), "b", {
    value: "{{ $('A').item.json.x }}",
  });

  it("takes the edges between the copied nodes along, and no pinned data", () => {
    const pinned = {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, pinned: { out: [{ secret: 1 }] } })),
    };
    const clip = copy(pinned, new Set(["a", "b"]));
    expect(clip.edges.map((edge) => edge.id)).toEqual(["a>b"]);
    expect(clip.nodes.every((node) => node.pinned === null)).toBe(true);
  });

  it("pastes with fresh ids and titles, and references that follow", () => {
    const clip = freshen(graph, copy(graph, new Set(["a", "b"])), { x: 1000, y: 500 });
    const pasted = paste(clip)(graph);
    const [a, b] = pasted.nodes.slice(3);
    expect([a?.title, b?.title]).toEqual(["A 2", "B 2"]);
    expect(b?.params).toEqual({ value: "{{ $('A 2').item.json.x }}" });
    expect(a?.position).toEqual({ x: 1000, y: 500 });
    expect(b?.position).toEqual({ x: 1272, y: 500 });
    expect(pasted.edges.at(-1)).toMatchObject({ source: a?.id, target: b?.id });
    expect(new Set(pasted.nodes.map((node) => node.id)).size).toBe(5);
  });

  it("reads its own text, an exported graph, and nothing else", () => {
    const clip = copy(graph, new Set(["a"]));
    expect(readClip(JSON.stringify(clip))?.nodes).toHaveLength(1);
    expect(
      readClip(JSON.stringify({ format: 1, nodes: [{ id: "x", type: "step" }] }))?.nodes[0]?.title,
    ).toBe("x");
    expect(readClip("hello")).toBeNull();
    expect(readClip('{"nodes": []}')).toBeNull();
  });
});
