import { expect, it } from "vitest";
import { EMPTY_GRAPH, type Graph, readGraph } from "./graph";
import { sameWork } from "./same-work";

const drawn = (over: object = {}): Graph =>
  readGraph({
    ...EMPTY_GRAPH,
    nodes: [
      { id: "a", type: "core.manual", title: "Start", params: {}, position: { x: 0, y: 0 } },
      { id: "b", type: "core.set", title: "Set", params: { fields: [], keep: "all" }, ...over },
    ],
    edges: [{ id: "e1", source: "a", port: "out", target: "b", input: "in" }],
  });

it("is the same wherever the nodes lie, and in whichever order their parameters stand", () => {
  const moved = { position: { x: 400, y: 8 }, notes: "look", pinned: { out: [{ json: {} }] } };
  expect(sameWork(drawn(), drawn(moved))).toBe(true);
  expect(sameWork(drawn(), drawn({ params: { keep: "all", fields: [] } }))).toBe(true);
});

it("is another with another parameter, wire or setting", () => {
  expect(sameWork(drawn(), drawn({ params: { fields: [], keep: "none" } }))).toBe(false);
  expect(sameWork(drawn(), { ...drawn(), edges: [] })).toBe(false);
  const settings = { ...drawn().settings, timezone: "Europe/Berlin" };
  expect(sameWork(drawn(), { ...drawn(), settings })).toBe(false);
});
