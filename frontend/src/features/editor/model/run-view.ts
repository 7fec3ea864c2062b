import type { NodeRun, NodeRunStatus, Run, RunError, RunStatus, Waiting } from "@/shared/api/types";
import { plural } from "@/shared/lib/format";

export type NodeStatus = NodeRunStatus | "unknown";

/** What a node card and its edges show of a run; a node that ran several times (in a container) is summed up. */
export interface NodeState {
  readonly status: NodeStatus;
  readonly attempt: number;
  readonly itemsOut: number;
  readonly itemsIn: number;
  readonly ports: Readonly<Record<string, number>>;
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
  return {
    status: statusOf(run),
    attempt: run.attempt,
    itemsIn: run.items_in,
    itemsOut: run.items_out,
    ports: run.ports,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
    waiting: run.waiting,
    error: run.error,
  };
}

function statusOf(run: NodeRun): NodeStatus {
  return run.status === "waiting" && run.waiting?.reason === "outcome" ? "unknown" : run.status;
}

function together(a: NodeState, b: NodeState): NodeState {
  const worse = PRECEDENCE.indexOf(a.status) <= PRECEDENCE.indexOf(b.status) ? a : b;
  return {
    ...worse,
    itemsIn: a.itemsIn + b.itemsIn,
    itemsOut: a.itemsOut + b.itemsOut,
    ports: sums(a.ports, b.ports),
    startedAt: earlier(a.startedAt, b.startedAt),
    error: a.error ?? b.error,
  };
}

function sums(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** How many items left by a port; `null` for none, or before the node has finished. */
export function itemsOnPort(state: NodeState | undefined, port: string): number | null {
  const count = state?.ports[port] ?? 0;
  return count > 0 ? count : null;
}

export function isOver(status: RunStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
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
    if (state.status === "succeeded") parts.push(`${plural(state.itemsOut, "item")} out`);
    else if (state.itemsIn > 0) parts.push(`${plural(state.itemsIn, "item")} in`);
  }
  if (problems > 0) parts.push(plural(problems, "problem"));
  return parts.join(", ");
}
