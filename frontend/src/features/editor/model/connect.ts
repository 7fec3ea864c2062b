import { freshEdgeId } from "./fresh";
import { type Change, type Graph, type GraphEdge, nodeById } from "./graph";
import { inputPorts, isTrigger, type NodeTypes, outputPorts } from "./node-type";

export type Wire = Omit<GraphEdge, "id">;

export type ConnectRefusal =
  | "same-node"
  | "already-connected"
  | "makes-a-cycle"
  | "no-such-node"
  | "no-such-port"
  | "trigger-has-no-input"
  | "no-such-input"
  | "crosses-a-container";

/** Why an edge may not be drawn, or `null` when it may. */
export function connectRefusal(graph: Graph, types: NodeTypes, wire: Wire): ConnectRefusal | null {
  if (wire.source === wire.target) return "same-node";
  const source = nodeById(graph, wire.source);
  const target = nodeById(graph, wire.target);
  if (source === undefined || target === undefined) return "no-such-node";
  const targetType = types.get(target.type);
  if (isTrigger(targetType)) return "trigger-has-no-input";
  if (source.parent !== target.parent) return "crosses-a-container";
  if (!outputPorts(types.get(source.type), source).includes(wire.port)) return "no-such-port";
  if (!inputPorts(targetType, target.id, graph).includes(wire.input)) return "no-such-input";
  if (graph.edges.some((edge) => sameWire(edge, wire))) return "already-connected";
  return isReachable(graph, wire.target, wire.source) ? "makes-a-cycle" : null;
}

export const REFUSAL_TEXT: Record<ConnectRefusal, string> = {
  "same-node": "A node can't feed itself",
  "already-connected": "These two are connected already",
  "makes-a-cycle": "This would make a circle: the target already leads here",
  "no-such-node": "The wire has no node at one end",
  "no-such-port": "The node has no such output any more",
  "trigger-has-no-input": "A trigger starts the workflow and takes no input",
  "no-such-input": "The node has no such input",
  "crosses-a-container": "A wire can't cross the border of a container",
};

function sameWire(edge: Wire, wire: Wire): boolean {
  return (
    edge.source === wire.source &&
    edge.port === wire.port &&
    edge.target === wire.target &&
    edge.input === wire.input
  );
}

/** Whether `to` can be reached from `from` along the edges. */
export function isReachable(graph: Graph, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges)
    next.set(edge.source, [...(next.get(edge.source) ?? []), edge.target]);
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return false;
}

export function connect(wire: Wire): Change {
  return (graph) =>
    graph.edges.some((edge) => sameWire(edge, wire))
      ? graph
      : { ...graph, edges: [...graph.edges, { id: freshEdgeId(), ...wire }] };
}

export function disconnect(edgeIds: ReadonlySet<string>): Change {
  return (graph) => ({ ...graph, edges: graph.edges.filter((edge) => !edgeIds.has(edge.id)) });
}

/** Moves one end of an edge elsewhere, in its place among the others: the order of edges is the order items are joined in. */
export function reconnect(edgeId: string, wire: Wire): Change {
  return (graph) => ({
    ...graph,
    edges: graph.edges.map((edge) => (edge.id === edgeId ? { id: edgeId, ...wire } : edge)),
  });
}

/** The first wire from a free port of `source` to `target` that isn't refused. */
export function fittingWire(
  graph: Graph,
  types: NodeTypes,
  source: string,
  target: string,
): Wire | null {
  const from = nodeById(graph, source);
  const to = nodeById(graph, target);
  if (from === undefined || to === undefined) return null;
  const ports = outputPorts(types.get(from.type), from);
  const isFree = (port: string) =>
    !graph.edges.some((edge) => edge.source === source && edge.port === port);
  const candidates = [...ports.filter(isFree), ...ports];
  const inputs = inputPorts(types.get(to.type), target, graph);
  for (const port of candidates) {
    for (const input of inputs) {
      const wire = { source, port, target, input };
      if (connectRefusal(graph, types, wire) === null) return wire;
    }
  }
  return null;
}

const usedPorts = new WeakMap<readonly GraphEdge[], ReadonlySet<string>>();

/** Whether a wire is on a port; looked up, since every port of a canvas asks after every edit. */
export function isUsed(graph: Graph, side: "in" | "out", nodeId: string, port: string): boolean {
  let used = usedPorts.get(graph.edges);
  if (used === undefined) {
    used = new Set(
      graph.edges.flatMap((edge) => [
        `out ${edge.source} ${edge.port}`,
        `in ${edge.target} ${edge.input}`,
      ]),
    );
    usedPorts.set(graph.edges, used);
  }
  return used.has(`${side} ${nodeId} ${port}`);
}
