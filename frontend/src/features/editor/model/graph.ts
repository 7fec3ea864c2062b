/** The graph document, as the server stores it. Everything the editor edits is one of these, never changed in place. */

import type { JsonObject, JsonValue } from "@/shared/api/types";

export type { JsonObject, JsonValue };

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface Retry {
  readonly max_attempts: number;
  readonly base_s: number;
  readonly factor: number;
  readonly max_s: number;
  readonly jitter: boolean;
}

export interface NodeSettings {
  readonly retry: Retry | null;
  readonly timeout_s: number | null;
  readonly on_error: "stop" | "continue" | "port";
  readonly always_output: boolean;
  readonly execute_once: boolean;
  readonly in_doubt: "ask" | "repeat" | "fail";
}

export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly position: Position;
  readonly params: JsonObject;
  readonly connection_id: string | null;
  readonly disabled: boolean;
  readonly notes: string | null;
  readonly parent: string | null;
  readonly pinned: Record<string, JsonObject[]> | null;
  readonly settings: NodeSettings;
}

export interface GraphEdge {
  readonly id: string;
  readonly source: string;
  readonly port: string;
  readonly target: string;
  readonly input: string;
}

export interface GraphNote {
  readonly id: string;
  readonly text: string;
  readonly position: Position;
  readonly size: { readonly width: number; readonly height: number };
  readonly color: string;
}

export interface GraphSettings {
  readonly timezone: string;
  readonly timeout_s: number | null;
  readonly max_concurrent_runs: number | null;
  readonly on_failure_workflow: string | null;
  readonly keep_when_off: boolean;
}

export interface Graph {
  readonly format: 1;
  readonly nodes: GraphNode[];
  readonly edges: GraphEdge[];
  readonly notes: GraphNote[];
  readonly settings: GraphSettings;
}

/** A change is a function from one graph to the next; the store's only door takes these. */
export type Change = (graph: Graph) => Graph;

export const DEFAULT_RETRY: Retry = {
  max_attempts: 3,
  base_s: 2,
  factor: 2,
  max_s: 600,
  jitter: true,
};

export const DEFAULT_NODE_SETTINGS: NodeSettings = {
  retry: null,
  timeout_s: null,
  on_error: "stop",
  always_output: false,
  execute_once: false,
  in_doubt: "ask",
};

const DEFAULT_GRAPH_SETTINGS: GraphSettings = {
  timezone: "UTC",
  timeout_s: 3600,
  max_concurrent_runs: null,
  on_failure_workflow: null,
  keep_when_off: false,
};

export const EMPTY_GRAPH: Graph = {
  format: 1,
  nodes: [],
  edges: [],
  notes: [],
  settings: DEFAULT_GRAPH_SETTINGS,
};

type Loose<T> = { [K in keyof T]?: T[K] | null };

/** Completes a stored document, which may leave out whatever has a default. */
export function readGraph(document: unknown): Graph {
  const loose = (document ?? {}) as Loose<Graph>;
  return {
    format: 1,
    nodes: (loose.nodes ?? []).map(readNode),
    edges: (loose.edges ?? []).map((edge, index) => ({
      id: edge.id || `e${index + 1}`,
      source: edge.source,
      port: edge.port ?? "out",
      target: edge.target,
      input: edge.input ?? "in",
    })),
    notes: loose.notes ?? [],
    settings: { ...DEFAULT_GRAPH_SETTINGS, ...loose.settings },
  };
}

function readNode(node: Loose<GraphNode> & { id: string; type: string }): GraphNode {
  return {
    id: node.id,
    type: node.type,
    title: node.title ?? node.id,
    position: node.position ?? { x: 0, y: 0 },
    params: node.params ?? {},
    connection_id: node.connection_id ?? null,
    disabled: node.disabled ?? false,
    notes: node.notes ?? null,
    parent: node.parent ?? null,
    pinned: node.pinned ?? null,
    settings: { ...DEFAULT_NODE_SETTINGS, ...node.settings },
  };
}

export function nodeById(graph: Graph, id: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.id === id);
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
