import { isReachable } from "./connect";
import { moveNodes } from "./edits";
import { childrenOf, type Size, sizeOf, sizeOfNew } from "./frames";
import { snapped } from "./geometry";
import {
  type Change,
  type Graph,
  type GraphEdge,
  type GraphNode,
  nodeById,
  type Position,
} from "./graph";
import type { NodeTypes } from "./node-type";

const GAP = 64;
const ROW = 104;
const BETWEEN_ROWS = 40;
const GRID = 8;

/** Beside a node, moved down until nothing lies there. */
export function placeAfter(
  graph: Graph,
  types: NodeTypes,
  source: GraphNode,
  size: Size = sizeOfNew(false),
): Position {
  const x = source.position.x + sizeOf(graph, types, source).width + GAP;
  return freePlace(graph, types, { x, y: source.position.y }, source.parent, size);
}

/** The wanted place in a container (on the canvas for `null`), moved down until nothing lies there. */
export function freePlace(
  graph: Graph,
  types: NodeTypes,
  wanted: Position,
  parent: string | null = null,
  size: Size = sizeOfNew(false),
): Position {
  const siblings =
    parent === null
      ? graph.nodes.filter((node) => node.parent === null)
      : childrenOf(graph, parent);
  const taken = siblings.map((node) => ({ ...node.position, ...sizeOf(graph, types, node) }));
  let place = snapped(wanted);
  while (taken.some((box) => overlaps(box, { ...place, ...size })))
    place = { x: place.x, y: place.y + ROW };
  return place;
}

type Box = Position & Size;

function overlaps(a: Box, b: Box): boolean {
  const besides = a.x + a.width + GRID <= b.x || b.x + b.width + GRID <= a.x;
  const below = a.y + a.height + BETWEEN_ROWS <= b.y || b.y + b.height + BETWEEN_ROWS <= a.y;
  return !besides && !below;
}

/** A place for a node on an edge, and the change that makes room there: what comes after moves to the right. */
export function roomOnEdge(
  graph: Graph,
  types: NodeTypes,
  edge: GraphEdge,
  size: Size = sizeOfNew(false),
): { position: Position; change: Change } | null {
  const source = nodeById(graph, edge.source);
  const target = nodeById(graph, edge.target);
  if (source === undefined || target === undefined) return null;
  const x = source.position.x + sizeOf(graph, types, source).width + GAP;
  const missing = x + size.width + GAP - target.position.x;
  const after = graph.nodes.filter((node) => isReachable(graph, target.id, node.id));
  const places = new Map(
    after.map(({ id, position }) => [id, snapped({ x: position.x + missing, y: position.y })]),
  );
  const change: Change = missing > 0 ? moveNodes(places) : (unchanged) => unchanged;
  const wanted = { x, y: source.position.y };
  return { position: freePlace(change(graph), types, wanted, source.parent, size), change };
}
