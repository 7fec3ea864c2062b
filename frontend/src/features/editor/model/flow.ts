import type { Edge, Node } from "@xyflow/react";
import { isContainer, type Size, sizeOf } from "./frames";
import type { Graph, GraphEdge, GraphNode, GraphNote } from "./graph";
import { inputPorts, type NodeType, type NodeTypes, outputPorts } from "./node-type";

/** What a node view is given; everything else it asks for as one scalar. */
export type CardData = {
  node: GraphNode;
  type: NodeType | undefined;
  inputs: string[];
  outputs: string[];
};
export type CardNode = Node<CardData, "card">;
/** A container. Its inner nodes name it as their parent, and their places count from its upper left corner. */
export type FrameNode = Node<CardData, "frame">;
export type NoteNode = Node<{ note: GraphNote }, "note">;
export type FlowNode = CardNode | FrameNode | NoteNode;
export type ThreadData = { edge: GraphEdge };
export type ThreadEdge = Edge<ThreadData, "thread">;

/**
 * Notes and nodes as React Flow's, containers before what is in them, keeping every object whose content did not
 * change, so that its view is not drawn again.
 */
export function toFlowNodes(
  graph: Graph,
  types: NodeTypes,
  selection: ReadonlySet<string>,
  previous: FlowNode[],
): FlowNode[] {
  const known = new Map(previous.map((flowNode) => [flowNode.id, flowNode]));
  const ids = new Set(graph.nodes.map((node) => node.id));
  const nodes: FlowNode[] = [
    ...graph.notes.map((note) => toFlowNote(note, selection.has(note.id), known.get(note.id))),
    ...outermostFirst(graph).map((node) => {
      const parent = node.parent !== null && ids.has(node.parent) ? node.parent : undefined;
      return toFlowNode(graph, types, node, parent, selection.has(node.id), known.get(node.id));
    }),
  ];
  return same(nodes, previous) ? previous : nodes;
}

function outermostFirst(graph: Graph): readonly GraphNode[] {
  if (graph.nodes.every((node) => node.parent === null)) return graph.nodes;
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent]));
  const depthOf = (node: GraphNode) => {
    let depth = 0;
    for (let at = node.parent; at !== null && depth < parents.size; at = parents.get(at) ?? null)
      depth += 1;
    return depth;
  };
  return graph.nodes
    .map((node) => ({ node, depth: depthOf(node) }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ node }) => node);
}

function toFlowNode(
  graph: Graph,
  types: NodeTypes,
  node: GraphNode,
  parentId: string | undefined,
  selected: boolean,
  known: FlowNode | undefined,
): FlowNode {
  const type = types.get(node.type);
  const inputs = inputPorts(type, node.id, graph);
  const outputs = outputPorts(type, node);
  const old = known?.type === "note" ? undefined : known;
  const data =
    old !== undefined &&
    old.data.node === node &&
    old.data.type === type &&
    same(old.data.inputs, inputs) &&
    same(old.data.outputs, outputs)
      ? old.data
      : { node, type, inputs, outputs };
  const size = isContainer(types, node) ? sizeOf(graph, types, node) : undefined;
  if (old !== undefined && data === old.data && stays(old, node, size, selected)) return old;
  return {
    ...old,
    id: node.id,
    type: size === undefined ? "card" : "frame",
    position: node.position,
    data,
    selected,
    ...(parentId === undefined ? { parentId: undefined } : { parentId }),
    ...size,
    domAttributes: { "aria-labelledby": cardId(node.id) },
  } as CardNode | FrameNode;
}

function stays(
  known: FlowNode,
  thing: GraphNode | GraphNote,
  size: Size | undefined,
  selected: boolean,
): boolean {
  return (
    known.position.x === thing.position.x &&
    known.position.y === thing.position.y &&
    (size === undefined || (known.width === size.width && known.height === size.height)) &&
    (known.selected ?? false) === selected
  );
}

function toFlowNote(note: GraphNote, selected: boolean, known: FlowNode | undefined): NoteNode {
  const old = known?.type === "note" ? known : undefined;
  if (old !== undefined && old.data.note === note && stays(old, note, note.size, selected))
    return old;
  return {
    ...old,
    id: note.id,
    type: "note",
    position: note.position,
    data: { note },
    selected,
    ...note.size,
    zIndex: -1,
    ariaLabel: `Note: ${note.text}`,
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
