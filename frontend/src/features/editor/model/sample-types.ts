import type { Graph, GraphNode, JsonObject } from "./graph";
import { readGraph } from "./graph";
import type { NodeType } from "./node-type";

/** A small catalog and graph for the tests of this folder. */
const type = (name: string, rest: Partial<NodeType> = {}): NodeType => ({
  type: name,
  title: name,
  description: "",
  group: "flow",
  icon: "box",
  inputs: ["in"],
  outputs: ["out"],
  effect: "none",
  params_schema: {},
  connection: null,
  trigger: rest.group === "trigger",
  mode: "each",
  container: false,
  can_fail: true,
  summary: "",
  aliases: [],
  color: null,
  scopes: [],
  sample: null,
  settings_defaults: {},
  ...rest,
});

export const SAMPLE_TYPES = new Map(
  [
    type("start", { inputs: [], group: "trigger", title: "Start" }),
    type("step", { title: "Step" }),
    type("check", { outputs: ["true", "false"], title: "Check" }),
    type("route", { outputs: { from: "cases[].name", plus: ["fallback"] } }),
    type("join", { inputs: "numbered" }),
    type("loop", { container: true, outputs: ["done"], title: "Loop" }),
    type("end", { outputs: [] }),
    type("call", { effect: { by: "method", values: { GET: "read", POST: "once" } } }),
  ].map((entry) => [entry.type, entry]),
);

/** `"a:start b:step"` and `"a>b a.true>c"` as a graph. */
export function sampleGraph(nodes: string, edges = ""): Graph {
  return readGraph({
    nodes: split(nodes).map((word, index) => {
      const [id = "", kind = "step"] = word.split(":");
      return { id, type: kind, title: id.toUpperCase(), position: { x: index * 272, y: 0 } };
    }),
    edges: split(edges).map((word) => {
      const [from = "", to = ""] = word.split(">");
      const [source, port = "out"] = from.split(".");
      const [target, input = "in"] = to.split(".");
      return { id: word, source, port, target, input };
    }),
  });
}

function split(words: string): string[] {
  return words.split(" ").filter(Boolean);
}

export function withParams(graph: Graph, id: string, params: JsonObject): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node): GraphNode => (node.id === id ? { ...node, params } : node)),
  };
}

export function wires(graph: Graph): string[] {
  return graph.edges.map(
    ({ source, port, target, input }) => `${source}.${port}>${target}.${input}`,
  );
}
