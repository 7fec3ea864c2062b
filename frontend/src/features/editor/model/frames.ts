/**
 * Containers as frames on the canvas. The place of an inner node counts from the upper left corner of its container,
 * as React Flow has it; a frame is as large as what stands in it needs, and its size is not stored.
 */

import { NODE_HEIGHT, NODE_WIDTH, nodeHeight } from "./geometry";
import { type Change, type Graph, type GraphNode, nodeById, type Position } from "./graph";
import { inputPorts, isTrigger, type NodeTypes, outputPorts } from "./node-type";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const FRAME_HEAD = 40;
const PADDING = 32;
/** Where the first inner node stands. */
export const FIRST_INSIDE: Position = { x: PADDING, y: FRAME_HEAD + PADDING };
// The line of figures below a card.
const FIGURES = 24;
const LEAST_FRAME: Size = { width: 320, height: 160 };
const FIRST_PORT = 64;
const BETWEEN_PORTS = 40;

export function isContainer(types: NodeTypes, node: GraphNode): boolean {
  return types.get(node.type)?.container ?? false;
}

/** Where a port of a frame sits, from its top: inputs in the head, outputs below it. */
export function framePortTop(side: "in" | "out", index: number): number {
  return side === "in" ? FRAME_HEAD / 2 : FIRST_PORT + BETWEEN_PORTS * index;
}

const families = new WeakMap<readonly GraphNode[], ReadonlyMap<string, GraphNode[]>>();

/** The nodes directly inside a container; looked up, since every frame asks after every edit. */
export function childrenOf(graph: Graph, containerId: string): readonly GraphNode[] {
  let family = families.get(graph.nodes);
  if (family === undefined) {
    const found = new Map<string, GraphNode[]>();
    for (const node of graph.nodes) {
      if (node.parent === null) continue;
      const siblings = found.get(node.parent);
      if (siblings === undefined) found.set(node.parent, [node]);
      else siblings.push(node);
    }
    family = found;
    families.set(graph.nodes, family);
  }
  return family.get(containerId) ?? [];
}

/** The ids and those of everything inside them, however deep. */
export function withInner(graph: Graph, ids: Iterable<string>): Set<string> {
  const all = new Set<string>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (all.has(id)) continue;
    all.add(id);
    open.push(...childrenOf(graph, id).map((child) => child.id));
  }
  return all;
}

/** The containers around a node, from the inside out. */
export function around(graph: Graph, node: GraphNode): GraphNode[] {
  const found: GraphNode[] = [];
  let at = node.parent === null ? undefined : nodeById(graph, node.parent);
  while (at !== undefined && !found.includes(at)) {
    found.push(at);
    at = at.parent === null ? undefined : nodeById(graph, at.parent);
  }
  return found;
}

export function sizeOf(graph: Graph, types: NodeTypes, node: GraphNode): Size {
  const type = types.get(node.type);
  if (!isContainer(types, node)) {
    const height = nodeHeight(inputPorts(type, node.id, graph), outputPorts(type, node));
    return { width: NODE_WIDTH, height };
  }
  const ports = outputPorts(type, node).length;
  const size = {
    width: LEAST_FRAME.width,
    height: Math.max(LEAST_FRAME.height, FIRST_PORT + BETWEEN_PORTS * ports),
  };
  for (const child of childrenOf(graph, node.id)) {
    const { width, height } = sizeOf(graph, types, child);
    size.width = Math.max(size.width, child.position.x + width + PADDING);
    size.height = Math.max(size.height, child.position.y + height + FIGURES + PADDING);
  }
  return size;
}

/** What a new node of a type takes up. */
export function sizeOfNew(container: boolean): Size {
  return container ? LEAST_FRAME : { width: NODE_WIDTH, height: NODE_HEIGHT };
}

/** The corner of a container on the canvas; of the canvas itself for `null`. */
export function cornerOf(graph: Graph, containerId: string | null): Position {
  const container = containerId === null ? undefined : nodeById(graph, containerId);
  return container === undefined ? { x: 0, y: 0 } : onCanvas(graph, container);
}

/** Where a node stands on the canvas, whatever it is in. */
export function onCanvas(graph: Graph, node: GraphNode): Position {
  return around(graph, node).reduce((at, container) => plus(at, container.position), node.position);
}

export function plus(a: Position, b: Position): Position {
  return { x: a.x + b.x, y: a.y + b.y };
}

export function minus(a: Position, b: Position): Position {
  return { x: a.x - b.x, y: a.y - b.y };
}

/** The innermost frame at a point of the canvas, leaving some nodes out. */
export function containerAt(
  graph: Graph,
  types: NodeTypes,
  point: Position,
  except: ReadonlySet<string> = new Set(),
): string | null {
  const hit = graph.nodes.filter((node) => {
    if (except.has(node.id) || !isContainer(types, node)) return false;
    const { x, y } = minus(point, onCanvas(graph, node));
    const { width, height } = sizeOf(graph, types, node);
    return x >= 0 && y >= 0 && x <= width && y <= height;
  });
  const depth = (node: GraphNode) => around(graph, node).length;
  return hit.sort((a, b) => depth(b) - depth(a))[0]?.id ?? null;
}

/** Puts nodes into a container, or out on the canvas, where they stand; wires that would cross a border go. */
export function moveInto(
  ids: ReadonlySet<string>,
  containerId: string | null,
  types: NodeTypes,
): Change {
  return (graph) => {
    const corner = cornerOf(graph, containerId);
    const refused = withInner(graph, ids);
    if (containerId !== null && refused.has(containerId)) return graph;
    const nodes = graph.nodes.map((node) => {
      const stays = !ids.has(node.id) || node.parent === containerId;
      if (stays || (containerId !== null && isTrigger(types.get(node.type)))) return node;
      return { ...node, parent: containerId, position: minus(onCanvas(graph, node), corner) };
    });
    if (nodes.every((node, index) => node === graph.nodes[index])) return graph;
    return settled(withoutCrossing({ ...graph, nodes }));
  };
}

function withoutCrossing(graph: Graph): Graph {
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent]));
  return {
    ...graph,
    edges: graph.edges.filter((edge) => parents.get(edge.source) === parents.get(edge.target)),
  };
}

/** Frames grown to the left and upwards until all that stands in them clears the head and the padding. */
export function settled(graph: Graph): Graph {
  const containers = new Set(
    graph.nodes.flatMap(({ parent }) => (parent === null ? [] : [parent])),
  );
  if (containers.size === 0) return graph;
  const depth = (node: GraphNode) => around(graph, node).length;
  const deepestFirst = graph.nodes
    .filter((node) => containers.has(node.id))
    .sort((a, b) => depth(b) - depth(a));
  return deepestFirst.reduce((current, { id }) => grown(current, id), graph);
}

function grown(graph: Graph, containerId: string): Graph {
  const places = childrenOf(graph, containerId).map((child) => child.position);
  const shift = {
    x: Math.max(0, ...places.map(({ x }) => FIRST_INSIDE.x - x)),
    y: Math.max(0, ...places.map(({ y }) => FIRST_INSIDE.y - y)),
  };
  if (shift.x === 0 && shift.y === 0) return graph;
  const nodes = graph.nodes.map((node) => {
    if (node.id === containerId) return { ...node, position: minus(node.position, shift) };
    return node.parent === containerId ? { ...node, position: plus(node.position, shift) } : node;
  });
  return { ...graph, nodes };
}
