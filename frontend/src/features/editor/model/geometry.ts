import type { Position } from "./graph";

export const NODE_WIDTH = 208;
export const NODE_HEIGHT = 56;
export const PORT_HEIGHT = 24;
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
