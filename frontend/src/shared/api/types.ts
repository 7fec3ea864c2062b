/** The resources of the HTTP interface, under the names the product uses. */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Role = "owner" | "admin" | "editor" | "runner" | "viewer";

export interface GraphProblem {
  severity: "error" | "warning";
  code: string;
  message: string;
  hint: string;
  node_id?: string | null;
  field?: string | null;
}

export interface ItemFile {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

export interface Item {
  json: JsonObject;
  files?: Record<string, ItemFile>;
  origin?: [string, number][];
}

export interface RetrySettings {
  max_attempts: number;
  base_s: number;
  factor: number;
  max_s: number;
  jitter: boolean;
}

export interface NodeSettings {
  retry?: RetrySettings | null;
  timeout_s?: number | null;
  on_error?: "stop" | "continue" | "port";
  always_output?: boolean;
  execute_once?: boolean;
  in_doubt?: "ask" | "repeat" | "fail";
}

export interface GraphNode {
  id: string;
  type: string;
  title: string;
  position: { x: number; y: number };
  params: JsonObject;
  connection_id?: string | null;
  disabled?: boolean;
  notes?: string | null;
  parent?: string | null;
  pinned?: Record<string, JsonObject[]> | null;
  settings?: NodeSettings;
}

export interface GraphEdge {
  id: string;
  source: string;
  port: string;
  target: string;
  input: string;
}

export interface GraphNote {
  id: string;
  text: string;
  position: { x: number; y: number };
  size: { width: number; height: number };
  color: string;
}

export interface GraphSettings {
  timezone?: string;
  timeout_s?: number | null;
  max_concurrent_runs?: number | null;
  on_failure_workflow?: string | null;
  keep_when_off?: boolean;
}

export interface Graph {
  format: 1;
  nodes: GraphNode[];
  edges: GraphEdge[];
  notes: GraphNote[];
  settings: GraphSettings;
}

export interface WorkflowSummary {
  id: string;
  name: string;
  folder: string | null;
  tags: string[];
  revision: number;
  published_version: number | null;
  created_at: string;
  updated_at: string;
}

export interface Workflow extends WorkflowSummary {
  graph: Graph;
  problems: GraphProblem[];
}

export interface WorkflowVersion {
  number: number;
  note: string | null;
  created_by: string | null;
  created_at: string;
}

export interface WorkflowVersionWithGraph extends WorkflowVersion {
  graph: Graph;
}

export type Effect = "none" | "read" | "idempotent" | "once" | "destructive";

export interface NodeType {
  type: string;
  title: string;
  description: string;
  group: string;
  icon: string;
  trigger: boolean;
  mode: "each" | "all";
  container: boolean;
  can_fail: boolean;
  summary: string;
  aliases: string[];
  inputs: string[] | "numbered";
  outputs: string[] | { from: string; plus: string[] };
  effect: Effect | { by: string; values: Record<string, Effect> };
  params_schema: JsonObject;
  connection: string | null;
}

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type NodeRunStatus = RunStatus | "skipped";
export type WaitReason =
  | "time"
  | "call"
  | "event"
  | "approval"
  | "connection"
  | "outcome"
  | "budget"
  | "child"
  | "limit"
  | "retry";

export interface Waiting {
  reason: WaitReason;
  until?: string | null;
  url?: string | null;
}

export interface RunError {
  code: string;
  message: string;
  hint?: string | null;
  node_id?: string | null;
  field?: string | null;
}

export interface NodeRun {
  run_id?: string;
  node_id: string;
  path: string;
  status: NodeRunStatus;
  waiting: Waiting | null;
  attempt: number;
  started_at: string | null;
  finished_at: string | null;
  items_in: number | null;
  items_out: number | null;
  port: string | null;
  cost_usd: string | null;
  error: RunError | null;
}

export interface RunSummary {
  id: string;
  workflow_id: string;
  workflow_name: string;
  version: number | null;
  trigger: { node_id: string; kind: string } | string | null;
  status: RunStatus;
  waiting: Waiting | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  cost_usd: string | null;
  error: RunError | null;
  retry_of: string | null;
}

export interface Run extends RunSummary {
  output: JsonValue;
  node_runs: NodeRun[];
}

export interface Attempt {
  number: number;
  status: string;
  started_at: string;
  finished_at: string | null;
  error: RunError | null;
}

export type ConnectionHealth = "ok" | "unknown" | "broken";

export interface Connection {
  id: string;
  connector: string;
  name: string;
  health: ConnectionHealth;
  created_at: string;
  updated_at: string;
}

export interface Connector {
  name: string;
  title: string;
  icon: string;
  color: string;
  description: string;
  auth: string;
  secret_schema: JsonObject | null;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
}

export interface Workspace {
  id: string;
  name: string;
  role: Role;
}

export interface Me {
  member: Member;
  workspaces: Workspace[];
  csrf_token: string;
}
