import type { JsonValue } from "./graph";

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type NodeStatus = RunStatus | "skipped" | "unknown";

export interface RunError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null;
  readonly field?: string | null;
  readonly node_id?: string | null;
}

export interface Waiting {
  readonly reason: string;
  readonly until?: string | null;
  readonly url?: string | null;
}

export interface NodeRun {
  readonly node_id: string;
  readonly path: string;
  readonly status: string;
  readonly waiting: Waiting | null;
  readonly attempt: number;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly items_in: number | null;
  /** In all, or by port. */
  readonly items_out: number | Readonly<Record<string, number>> | null;
  readonly port: string | null;
  readonly error: RunError | null;
}

export interface Run {
  readonly id: string;
  readonly workflow_id: string;
  readonly version: number | null;
  readonly trigger: JsonValue;
  readonly status: RunStatus;
  readonly waiting: Waiting | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly cost_usd: string | null;
  readonly error: RunError | null;
  readonly node_runs?: readonly NodeRun[];
}

/** What a node card and its edges show of a run; a node that ran several times (in a container) is summed up. */
export interface NodeState {
  readonly status: NodeStatus;
  readonly attempt: number;
  readonly itemsOut: number;
  readonly itemsIn: number;
  readonly byPort: Readonly<Record<string, number>> | null;
  readonly port: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly waiting: Waiting | null;
  readonly error: RunError | null;
}

const PRECEDENCE: readonly NodeStatus[] = [
  "failed",
  "unknown",
  "running",
  "waiting",
  "queued",
  "cancelled",
  "succeeded",
  "skipped",
];

const indexes = new WeakMap<object, ReadonlyMap<string, NodeState>>();

/** The node states of a run, worked out once per answer of the server. */
export function nodeStates(run: Run): ReadonlyMap<string, NodeState> {
  const known = indexes.get(run);
  if (known !== undefined) return known;
  const states = new Map<string, NodeState>();
  for (const nodeRun of run.node_runs ?? []) {
    const state = stateOf(nodeRun);
    const other = states.get(nodeRun.node_id);
    states.set(nodeRun.node_id, other === undefined ? state : together(other, state));
  }
  indexes.set(run, states);
  return states;
}

function stateOf(run: NodeRun): NodeState {
  const out = run.items_out;
  return {
    status: statusOf(run),
    attempt: run.attempt,
    itemsIn: run.items_in ?? 0,
    itemsOut:
      typeof out === "number"
        ? out
        : Object.values(out ?? {}).reduce((sum, count) => sum + count, 0),
    byPort: typeof out === "object" ? out : null,
    port: run.port,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
    waiting: run.waiting,
    error: run.error,
  };
}

function statusOf(run: NodeRun): NodeStatus {
  if (run.status === "waiting" && run.waiting?.reason === "outcome") return "unknown";
  return (PRECEDENCE as readonly string[]).includes(run.status)
    ? (run.status as NodeStatus)
    : "running";
}

function together(a: NodeState, b: NodeState): NodeState {
  const worse = PRECEDENCE.indexOf(a.status) <= PRECEDENCE.indexOf(b.status) ? a : b;
  return {
    ...worse,
    itemsIn: a.itemsIn + b.itemsIn,
    itemsOut: a.itemsOut + b.itemsOut,
    startedAt: earlier(a.startedAt, b.startedAt),
    error: a.error ?? b.error,
  };
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** How many items left by a port; `null` when the node gave nothing there or has not finished. */
export function itemsOnPort(state: NodeState | undefined, port: string): number | null {
  if (state === undefined || (state.status !== "succeeded" && state.status !== "failed"))
    return null;
  const count =
    state.byPort !== null
      ? (state.byPort[port] ?? 0)
      : state.port === null || state.port === port
        ? state.itemsOut
        : 0;
  return count > 0 ? count : null;
}

export function isOver(status: RunStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** "340 ms", "3.1 s", "2 min 5 s". */
export function duration(from: string | null, to: string | null, now: number): string | null {
  if (from === null) return null;
  const ms = (to === null ? now : Date.parse(to)) - Date.parse(from);
  if (Number.isNaN(ms)) return null;
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

const STATUS_WORDS: Record<NodeStatus, string> = {
  queued: "queued",
  running: "running",
  waiting: "waiting",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "skipped",
  unknown: "outcome unknown",
};

/** "Make a card, core.set, failed, 5 items in": the name a screen reader says. */
export function nodeName(
  node: { title: string; type: string; disabled: boolean },
  state: NodeState | undefined,
  problems: number,
): string {
  const parts = [node.title, node.type];
  if (node.disabled) parts.push("off");
  if (state !== undefined) {
    parts.push(STATUS_WORDS[state.status]);
    if (state.status === "succeeded") parts.push(`${countOf(state.itemsOut, "item")} out`);
    else if (state.itemsIn > 0) parts.push(`${countOf(state.itemsIn, "item")} in`);
  }
  if (problems > 0) parts.push(countOf(problems, "problem"));
  return parts.join(", ");
}

export function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
