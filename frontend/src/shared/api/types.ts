import type { components } from "./generated/schema";

/** The resources of the HTTP interface, under the names the product uses. */
type Schemas = components["schemas"];

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

export type Role = Schemas["MemberRead"]["role"];
export type Member = Schemas["MemberRead"];
export type Me = Schemas["Me"];
export type ApiKey = Schemas["KeyRead"];
export type AuditEntry = Schemas["AuditEntryRead"];
export type Invite = Schemas["InviteRead"];
export type OpenedInvite = Schemas["InviteOpened"];
export type Notification = Schemas["NotificationRead"];
export type NotificationPreference = Schemas["PreferenceRead"];

export type GraphProblem = Schemas["ProblemRead"];

// The graph document and JSON Schemas travel as free JSON: their shape stands here.
export interface ItemFile {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

export type FilePreview = Schemas["ArtifactPreview"];

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

export type WorkflowSummary = Schemas["WorkflowSummary"];
export type Workflow = WithGraph<Schemas["WorkflowRead"]>;
export type WorkflowVersion = Schemas["VersionSummary"];
export type WorkflowVersionWithGraph = WithGraph<Schemas["VersionRead"]>;
type WithGraph<T> = Omit<T, "graph"> & { graph: Graph };

export type Effect = Extract<Schemas["NodeTypeRead"]["effect"], string>;
export type NodeType = Omit<
  Schemas["NodeTypeRead"],
  "params_schema" | "settings_defaults" | "sample"
> & {
  params_schema: JsonObject;
  sample: JsonObject | null;
  settings_defaults: JsonObject;
};

export type RunStatus = Schemas["RunSummary"]["status"];
export type NodeRunStatus = Schemas["NodeRunRead"]["status"];
export type Waiting = Schemas["Waiting"];
export type WaitReason = Waiting["reason"];
export type WaitingNode = Schemas["WaitingNode"];
export type RunError = Schemas["ErrorRead"];
export type LogLine = Schemas["LogLineRead"];
export type LogLevel = LogLine["level"];
export type WorkflowPulse = Schemas["WorkflowPulse"];
export type NodeRun = Schemas["NodeRunRead"];
export type RunSummary = Schemas["RunSummary"];
export type Run = Schemas["RunRead"];
export type ItemsPage = Omit<Schemas["ItemsPage"], "items"> & { items: Item[] };
export type Attempt = Schemas["AttemptRead"];

export type Variable = Omit<Schemas["VariableRead"], "value"> & { value: JsonValue };

export type Connection = Schemas["ConnectionRead"];
export type Rebound = Schemas["Rebound"];
export type OAuthApp = Schemas["OauthAppRead"];
export type Connector = Omit<Schemas["ConnectorRead"], "secret_schema"> & {
  secret_schema: JsonObject | null;
};

export type PageLook = Schemas["PageLookRead"];
