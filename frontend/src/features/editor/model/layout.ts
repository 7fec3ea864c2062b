import type { ELK, ElkNode } from "elkjs/lib/elk-api";
import { NODE_WIDTH, nodeHeight, portTop, snapped } from "./geometry";
import type { Graph, GraphNode, Position } from "./graph";
import { inputPorts, type NodeTypes, outputPorts } from "./node-type";

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.spacing.nodeNode": "48",
  "elk.layered.spacing.nodeNodeBetweenLayers": "64",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
};

/** New places for some nodes (all, if none is named), in layers from left to right. The top left corner stays. */
export async function tidyUp(
  graph: Graph,
  types: NodeTypes,
  ids: ReadonlySet<string>,
): Promise<Map<string, Position>> {
  const nodes = graph.nodes.filter((node) => ids.size === 0 || ids.has(node.id));
  if (nodes.length === 0) return new Map();
  const inside = new Set(nodes.map((node) => node.id));
  const elk = await loadElk();
  const laid = await elk.layout({
    id: "root",
    layoutOptions: OPTIONS,
    children: nodes.map((node) => toElk(graph, types, node)),
    edges: graph.edges
      .filter((edge) => inside.has(edge.source) && inside.has(edge.target))
      .map((edge) => ({
        id: edge.id,
        sources: [`${edge.source}:out:${edge.port}`],
        targets: [`${edge.target}:in:${edge.input}`],
      })),
  });
  return anchored(nodes, laid.children ?? []);
}

async function loadElk(): Promise<ELK> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  return new Elk();
}

function toElk(graph: Graph, types: NodeTypes, node: GraphNode): ElkNode {
  const type = types.get(node.type);
  const inputs = inputPorts(type, node.id, graph);
  const outputs = outputPorts(type, node);
  const port = (side: "in" | "out", x: number) => (name: string, index: number, all: string[]) => ({
    id: `${node.id}:${side}:${name}`,
    x,
    y: portTop(index, all.length),
    layoutOptions: { "elk.port.side": side === "in" ? "WEST" : "EAST" },
  });
  return {
    id: node.id,
    width: NODE_WIDTH,
    height: nodeHeight(inputs, outputs) + 20,
    layoutOptions: { "elk.portConstraints": "FIXED_POS" },
    ports: [...inputs.map(port("in", 0)), ...outputs.map(port("out", NODE_WIDTH))],
  };
}

function anchored(nodes: readonly GraphNode[], laid: readonly ElkNode[]): Map<string, Position> {
  const before = corner(nodes.map((node) => node.position));
  const after = corner(laid.map(({ x = 0, y = 0 }) => ({ x, y })));
  return new Map(
    laid.map(({ id, x = 0, y = 0 }) => [
      id,
      snapped({ x: x - after.x + before.x, y: y - after.y + before.y }),
    ]),
  );
}

function corner(places: readonly Position[]): Position {
  return {
    x: Math.min(...places.map((place) => place.x)),
    y: Math.min(...places.map((place) => place.y)),
  };
}
