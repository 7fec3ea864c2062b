import type { ELK, ElkNode } from "elkjs/lib/elk-api";
import { moveNodes } from "./edits";
import { around, FIRST_INSIDE, framePortTop, isContainer, settled, sizeOf } from "./frames";
import { portTop, snapped } from "./geometry";
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

/**
 * New places for some nodes (all, if none is named), in layers from left to right. The top left corner stays. What is
 * inside a container comes first, since the container takes up as much as that needs.
 */
export async function tidyUp(
  graph: Graph,
  types: NodeTypes,
  ids: ReadonlySet<string>,
): Promise<Map<string, Position>> {
  const nodes = graph.nodes.filter((node) => ids.size === 0 || ids.has(node.id));
  const depths = new Map(nodes.map((node) => [node.parent, around(graph, node).length]));
  const parents = [...depths.keys()].sort((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0));
  let tidied = graph;
  for (const parent of parents) {
    const members = nodes.filter((node) => node.parent === parent);
    tidied = settled(moveNodes(await laidOut(tidied, types, members))(tidied));
  }
  return new Map(tidied.nodes.map((node) => [node.id, node.position]));
}

async function laidOut(
  graph: Graph,
  types: NodeTypes,
  nodes: readonly GraphNode[],
): Promise<Map<string, Position>> {
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
  const whole = nodes.length === graph.nodes.filter((n) => n.parent === nodes[0]?.parent).length;
  const isInner = nodes[0]?.parent !== null;
  // A frame closes in on what is left of it; elsewhere the corner stays.
  const start = isInner && whole ? FIRST_INSIDE : corner(nodes.map((node) => node.position));
  return anchored(start, laid.children ?? []);
}

async function loadElk(): Promise<ELK> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  return new Elk();
}

function toElk(graph: Graph, types: NodeTypes, node: GraphNode): ElkNode {
  const type = types.get(node.type);
  const inputs = inputPorts(type, node.id, graph);
  const outputs = outputPorts(type, node);
  const frame = isContainer(types, node);
  const { width, height } = sizeOf(graph, types, node);
  const port = (side: "in" | "out", x: number) => (name: string, index: number, all: string[]) => ({
    id: `${node.id}:${side}:${name}`,
    x,
    y: frame ? framePortTop(side, index) : portTop(index, all.length),
    layoutOptions: { "elk.port.side": side === "in" ? "WEST" : "EAST" },
  });
  return {
    id: node.id,
    width,
    height: height + 20,
    layoutOptions: { "elk.portConstraints": "FIXED_POS" },
    ports: [...inputs.map(port("in", 0)), ...outputs.map(port("out", width))],
  };
}

function anchored(before: Position, laid: readonly ElkNode[]): Map<string, Position> {
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
