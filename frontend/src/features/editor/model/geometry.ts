import { isReachable } from "./connect";
import { moveNodes } from "./edits";
import { type Change, type Graph, type GraphEdge, nodeById, type Position } from "./graph";

export const NODE_WIDTH = 208;
export const NODE_HEIGHT = 56;
export const PORT_HEIGHT = 24;
const GAP = 64;
const ROW = 104;
const GRID = 8;

/** Height of a card: one row for each port as soon as a side has several. */
export function nodeHeight(inputs: readonly string[], outputs: readonly string[]): number {
  const rows = portRows(inputs, outputs);
  return rows === 0 ? NODE_HEIGHT : NODE_HEIGHT + 8 + PORT_HEIGHT * rows;
}

export function portRows(inputs: readonly string[], outputs: readonly string[]): number {
  const named = Math.max(inputs.length, outputs.length);
  return named > 1 ? named : 0;
}

/** Where a port sits, from the top of its card: in the head if alone, else in its row. */
export function portTop(index: number, count: number): number {
  return count <= 1 ? NODE_HEIGHT / 2 : NODE_HEIGHT + 4 + PORT_HEIGHT * index + PORT_HEIGHT / 2;
}

export function snapped({ x, y }: Position): Position {
  return { x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID };
}

/** Beside a node, moved down until nothing lies there. */
export function placeAfter(graph: Graph, source: Position): Position {
  return freePlace(graph, { x: source.x + NODE_WIDTH + GAP, y: source.y });
}

export function freePlace(graph: Graph, wanted: Position): Position {
  let place = snapped(wanted);
  while (graph.nodes.some((node) => overlaps(node.position, place)))
    place = { x: place.x, y: place.y + ROW };
  return place;
}

function overlaps(a: Position, b: Position): boolean {
  return Math.abs(a.x - b.x) < NODE_WIDTH + GRID && Math.abs(a.y - b.y) < ROW - GRID;
}

/** A place for a node on an edge, and the change that makes room there: what comes after moves to the right. */
export function roomOnEdge(
  graph: Graph,
  edge: GraphEdge,
): { position: Position; change: Change } | null {
  const source = nodeById(graph, edge.source);
  const target = nodeById(graph, edge.target);
  if (source === undefined || target === undefined) return null;
  const step = NODE_WIDTH + GAP;
  const missing = source.position.x + 2 * step - target.position.x;
  const after = graph.nodes.filter((node) => isReachable(graph, target.id, node.id));
  const places = new Map(
    after.map(({ id, position }) => [id, snapped({ x: position.x + missing, y: position.y })]),
  );
  const change: Change = missing > 0 ? moveNodes(places) : (unchanged) => unchanged;
  const position = { x: source.position.x + step, y: source.position.y };
  return { position: freePlace(change(graph), position), change };
}
