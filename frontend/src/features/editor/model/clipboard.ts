import { renameInExpressions } from "./expression";
import { cornerOf, minus, onCanvas, plus, settled, withInner } from "./frames";
import { freshEdgeId, freshNodeId, freshTitle, titlesOf } from "./fresh";
import {
  type Change,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type JsonObject,
  type Position,
  readGraph,
} from "./graph";

/** What lies on the system clipboard: plain JSON, so that it can go to another tab, another instance or a chat. */
export interface Clip {
  readonly nodeloom: 1;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/**
 * The selected nodes with all that is in them, and the edges between them; those whose container stays behind keep
 * their place on the canvas. Pinned data stays behind: it may hold what a service answered.
 */
export function copy(graph: Graph, chosen: ReadonlySet<string>): Clip {
  const ids = withInner(graph, chosen);
  const place = (node: GraphNode) =>
    node.parent !== null && ids.has(node.parent) ? node.position : onCanvas(graph, node);
  return {
    nodeloom: 1,
    nodes: graph.nodes
      .filter((node) => ids.has(node.id))
      .map((node) => ({ ...node, pinned: null, position: place(node) })),
    edges: graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  };
}

/** A clip, or a whole exported graph; `null` for any other text. */
export function readClip(text: string): Clip | null {
  try {
    const document = JSON.parse(text) as { nodeloom?: unknown; format?: unknown; nodes?: unknown };
    const known = document.nodeloom === 1 || document.format === 1;
    if (!known || !Array.isArray(document.nodes)) return null;
    const { nodes, edges } = readGraph(document);
    return nodes.length > 0 ? { nodeloom: 1, nodes, edges } : null;
  } catch {
    return null;
  }
}

/**
 * A clip made ready for a graph: fresh ids, free titles, references among its own nodes following them. Its outermost
 * nodes go into the container, or out on the canvas.
 */
export function freshen(
  graph: Graph,
  clip: Clip,
  at: Position | null,
  into: string | null = null,
): Clip {
  const ids = new Map(clip.nodes.map((node) => [node.id, freshNodeId(node.type)]));
  const taken = titlesOf(graph);
  const titles = new Map<string, string>();
  for (const node of clip.nodes) {
    const title = freshTitle(taken, node.title);
    taken.add(title);
    titles.set(node.title, title);
  }
  const isInner = (node: GraphNode) => node.parent !== null && ids.has(node.parent);
  const outermost = clip.nodes.filter((node) => !isInner(node));
  const shift = minus(offset(outermost, at), cornerOf(graph, into));
  return {
    nodeloom: 1,
    nodes: clip.nodes.map((node) => ({
      ...node,
      id: ids.get(node.id) ?? node.id,
      title: titles.get(node.title) ?? node.title,
      parent: isInner(node) ? (ids.get(node.parent ?? "") ?? null) : into,
      params: renameInExpressions(node.params, titles) as JsonObject,
      position: isInner(node) ? node.position : plus(node.position, shift),
    })),
    edges: clip.edges.map((edge) => ({
      ...edge,
      id: freshEdgeId(),
      source: ids.get(edge.source) ?? edge.source,
      target: ids.get(edge.target) ?? edge.target,
    })),
  };
}

function offset(nodes: readonly GraphNode[], at: Position | null): Position {
  if (at === null) return { x: 32, y: 64 };
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  return { x: Math.round(at.x - left), y: Math.round(at.y - top) };
}

export function paste(clip: Clip): Change {
  return (graph) =>
    settled({
      ...graph,
      nodes: [...graph.nodes, ...clip.nodes],
      edges: [...graph.edges, ...clip.edges],
    });
}

/** The container that all outermost nodes of a clip were in, if it is in the graph. */
export function homeOf(graph: Graph, clip: Clip): string | null {
  const ids = new Set(clip.nodes.map((node) => node.id));
  const homes = new Set(
    clip.nodes.flatMap(({ parent }) => (parent !== null && ids.has(parent) ? [] : [parent])),
  );
  const [home = null] = homes;
  return homes.size === 1 && graph.nodes.some((node) => node.id === home) ? home : null;
}
