import { expect, it } from "vitest";
import { graphOfStart, randomPath } from "./starts";

it("gives a graph with one trigger", () => {
  const graph = graphOfStart("webhook", "Europe/Berlin", () => "abc");
  expect(graph.nodes).toHaveLength(1);
  expect(graph.nodes[0]).toMatchObject({ type: "core.webhook", params: { path: "abc" } });
  expect(graph.settings.timezone).toBe("Europe/Berlin");
});

it("gives an empty graph", () => {
  expect(graphOfStart("empty", "UTC", () => "").nodes).toEqual([]);
});

it("proposes another path each time", () => {
  expect(randomPath()).toMatch(/^[a-z2-9]{16}$/);
  expect(randomPath()).not.toBe(randomPath());
});
