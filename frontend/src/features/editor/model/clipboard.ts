import { renameInExpressions } from "./expression";
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

/** The selected nodes and the edges between them. Pinned data stays behind: it may hold what a service answered. */
export function copy(graph: Graph, ids: ReadonlySet<string>): Clip {
  return {
    nodeloom: 1,
    nodes: graph.nodes
      .filter((node) => ids.has(node.id))
      .map((node) => ({ ...node, pinned: null })),
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

/** A clip made ready for a graph: fresh ids, free titles, references among its own nodes following them. */
export function freshen(graph: Graph, clip: Clip, at: Position | null): Clip {
  const ids = new Map(clip.nodes.map((node) => [node.id, freshNodeId(node.type)]));
  const taken = titlesOf(graph);
  const titles = new Map<string, string>();
  for (const node of clip.nodes) {
    const title = freshTitle(taken, node.title);
    taken.add(title);
    titles.set(node.title, title);
  }
  const shift = offset(clip.nodes, at);
  return {
    nodeloom: 1,
    nodes: clip.nodes.map((node) => ({
      ...node,
      id: ids.get(node.id) ?? node.id,
      title: titles.get(node.title) ?? node.title,
      parent: node.parent === null ? null : (ids.get(node.parent) ?? null),
      params: renameInExpressions(node.params, titles) as JsonObject,
      position: { x: node.position.x + shift.x, y: node.position.y + shift.y },
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
  return (graph) => ({
    ...graph,
    nodes: [...graph.nodes, ...clip.nodes],
    edges: [...graph.edges, ...clip.edges],
  });
}
