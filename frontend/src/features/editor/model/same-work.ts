import type { Graph, GraphNode } from "./graph";

/** Whether two graphs do the same, wherever their nodes lie and whatever is noted beside them. */
export function sameWork(a: Graph, b: Graph): boolean {
  return a === b || work(a) === work(b);
}

function work({ nodes, edges, settings }: Graph): string {
  const wires = edges.map(({ source, port, target, input }) => [source, port, target, input]);
  const steps = nodes.map(step).sort((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify(inOrder([steps, wires, settings]));
}

/** What a run of a version is made of: it takes no pinned items. */
function step({ id, type, title, params, connection_id, disabled, parent, settings }: GraphNode) {
  return { id, type, title, params, connection_id, disabled, parent, settings };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, inOrder(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
