import type { Edge, Node } from "@xyflow/react";
import type { Graph, GraphEdge, GraphNode } from "./graph";
import { inputPorts, type NodeType, type NodeTypes, outputPorts } from "./node-type";

/** What a node view is given; everything else it asks for as one scalar. */
export type CardData = {
  node: GraphNode;
  type: NodeType | undefined;
  inputs: string[];
  outputs: string[];
};
export type CardNode = Node<CardData, "card">;
export type ThreadData = { edge: GraphEdge };
export type ThreadEdge = Edge<ThreadData, "thread">;

/** Graph nodes as React Flow's, keeping every object whose content did not change, so that its view is not drawn again. */
export function toFlowNodes(
  graph: Graph,
  types: NodeTypes,
  selection: ReadonlySet<string>,
  previous: CardNode[],
): CardNode[] {
  const known = new Map(previous.map((flowNode) => [flowNode.id, flowNode]));
  const nodes = graph.nodes.map((node) =>
    toFlowNode(graph, types, node, selection.has(node.id), known.get(node.id)),
  );
  return same(nodes, previous) ? previous : nodes;
}

function toFlowNode(
  graph: Graph,
  types: NodeTypes,
  node: GraphNode,
  selected: boolean,
  known: CardNode | undefined,
): CardNode {
  const type = types.get(node.type);
  const inputs = inputPorts(type, node.id, graph);
  const outputs = outputPorts(type, node);
  const data =
    known !== undefined &&
    known.data.node === node &&
    known.data.type === type &&
    same(known.data.inputs, inputs) &&
    same(known.data.outputs, outputs)
      ? known.data
      : { node, type, inputs, outputs };
  const stays = known?.position.x === node.position.x && known.position.y === node.position.y;
  if (known !== undefined && data === known.data && stays && (known.selected ?? false) === selected)
    return known;
  return {
    ...known,
    id: node.id,
    type: "card",
    position: node.position,
    data,
    selected,
    domAttributes: { "aria-labelledby": cardId(node.id) },
  };
}

/** The element whose name is the node's: its view says there what became of it in the run. */
export function cardId(nodeId: string): string {
  return `card-${nodeId}`;
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}

export function toFlowEdges(
  graph: Graph,
  selection: ReadonlySet<string>,
  previous: ThreadEdge[],
): ThreadEdge[] {
  const known = new Map(previous.map((flowEdge) => [flowEdge.id, flowEdge]));
  const titles = new Map(graph.nodes.map((node) => [node.id, node.title]));
  const edges = graph.edges.map((edge): ThreadEdge => {
    const old = known.get(edge.id);
    const selected = selection.has(edge.id);
    const ariaLabel = `${edge.port} of ${titles.get(edge.source)} to ${titles.get(edge.target)}`;
    const stays = old?.data?.edge === edge && (old.selected ?? false) === selected;
    if (old !== undefined && stays && old.ariaLabel === ariaLabel) return old;
    return {
      id: edge.id,
      type: "thread",
      source: edge.source,
      sourceHandle: edge.port,
      target: edge.target,
      targetHandle: edge.input,
      selected,
      ariaLabel,
      data: { edge },
    };
  });
  return same(edges, previous) ? previous : edges;
}
