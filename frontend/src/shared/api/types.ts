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
  folder: string;
  tags: string[];
  revision: number;
  /** The errors found when the draft was last saved. */
  draft_errors: number;
  published_version: number | null;
  /** Whether the draft is what is live. */
  draft_published: boolean;
  created_at: string;
  updated_at: string;
}

export interface Workflow extends WorkflowSummary {
  graph: Graph;
  problems: GraphProblem[];
}

export interface WorkflowVersion {
  version: number;
  note: string;
  live: boolean;
  created_by: string;
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
  /** A connector's tint; null for built-in nodes, whose group gives it. */
  color: string | null;
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
  settings_defaults: JsonObject;
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
  until: string | null;
  /** The address that a call resumes the run by. */
  url: string | null;
}

export interface RunError {
  code: string;
  message: string;
  hint: string;
  node_id: string | null;
  [detail: string]: unknown;
}

export interface NodeRun {
  node_id: string;
  /** The scope path; "" is the root. */
  path: string;
  status: NodeRunStatus;
  waiting: Waiting | null;
  attempt: number;
  started_at: string | null;
  finished_at: string | null;
  items_in: number;
  items_out: number;
  port: string | null;
  /** How many items left by each port. */
  ports: Record<string, number>;
  cost_usd: string;
  error: RunError | null;
}

export interface RunSummary {
  id: string;
  workflow_id: string;
  workflow_name: string;
  version: number | null;
  /** The node it started from. */
  trigger: string;
  trigger_kind: string;
  event_id: string | null;
  retry_of: string | null;
  status: RunStatus;
  waiting: Waiting | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  cost_usd: string;
  error: RunError | null;
}

export interface Run extends RunSummary {
  output: JsonValue[] | null;
  node_runs: NodeRun[];
}

export interface ItemsPage extends Page<Item> {
  port: string | null;
  /** The items of every port (or input). */
  ports: Record<string, number>;
  total: number;
}

export interface Attempt {
  item: number;
  number: number;
  status: "intent" | "succeeded" | "failed" | "unknown";
  effect: Effect;
  summary: string;
  idempotency_key: string;
  started_at: string;
  finished_at: string | null;
  error: RunError | null;
}

/** An effect that may or may not have happened. */
export interface Outcome {
  run_id: string;
  workflow_id: string;
  workflow_name: string;
  node_id: string;
  path: string;
  item: number;
  effect: Effect;
  summary: string;
  idempotency_key: string;
  started_at: string;
  error: RunError | null;
}

export type ConnectionHealth = "healthy" | "unknown" | "broken";

export interface Connection {
  id: string;
  connector: string;
  name: string;
  health: ConnectionHealth;
  health_detail: string;
  created_by: string;
  created_at: string;
  updated_at: string;
  last_used_at: string | null;
}

export interface Connector {
  name: string;
  title: string;
  icon: string;
  color: string;
  description: string;
  /** A `secret` accompanies plain HTTP requests. */
  kind: "service" | "secret";
  available: boolean;
  problem: string | null;
  auth: { kind: "none" | "api_key" | "basic" | "oauth2"; scopes: string[] };
  secret_schema: JsonObject | null;
}

export interface Member {
  id: string;
  workspace_id: string;
  name: string;
  email: string;
  role: Role;
  created_at: string;
}

export interface Workspace {
  id: string;
  name: string;
  role: Role;
}

export interface Me {
  member: Member | null;
  workspaces: Workspace[];
  csrf_token: string | null;
}

export interface SignedIn {
  member: Member;
  csrf_token: string;
}
