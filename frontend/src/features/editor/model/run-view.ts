import type { NodeRun, NodeRunStatus, Run, RunError, RunStatus, Waiting } from "@/shared/api/types";
import { plural } from "@/shared/lib/format";
import { type ChosenRounds, isChosen, isShown, NO_CHOICE } from "./rounds";

export type NodeStatus = NodeRunStatus | "unknown";

/** What a node card and its edges show of a run; of a node in a container, in the round that is looked at. */
export interface NodeState {
  readonly status: NodeStatus;
  readonly attempt: number;
  readonly itemsOut: number;
  readonly itemsIn: number;
  readonly ports: Readonly<Record<string, number>>;
  /** What left by each port in all rounds, or in the one that was chosen. */
  readonly passed: Readonly<Record<string, number>>;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly waiting: Waiting | null;
  readonly error: RunError | null;
}

const indexes = new WeakMap<
  object,
  { chosen: ChosenRounds; states: ReadonlyMap<string, NodeState> }
>();

/** The node states of a run in the rounds that are looked at, worked out once per answer of the server. */
export function nodeStates(
  run: Run,
  chosen: ChosenRounds = NO_CHOICE,
): ReadonlyMap<string, NodeState> {
  const known = indexes.get(run);
  if (known?.chosen === chosen) return known.states;
  const states = new Map<string, NodeState>();
  const passed = new Map<string, Record<string, number>>();
  for (const nodeRun of run.node_runs ?? []) {
    const { node_id, path } = nodeRun;
    if (path !== "" && !isChosen(chosen, path))
      passed.set(node_id, sums(passed.get(node_id) ?? {}, nodeRun.ports));
    if (isShown(run, chosen, path)) states.set(node_id, stateOf(nodeRun));
  }
  for (const [nodeId, all] of passed) {
    const state = states.get(nodeId);
    if (state !== undefined) states.set(nodeId, { ...state, passed: all });
  }
  indexes.set(run, { chosen, states });
  return states;
}

function stateOf(run: NodeRun): NodeState {
  return {
    status: statusOf(run),
    attempt: run.attempt,
    itemsIn: run.items_in,
    itemsOut: run.items_out,
    ports: run.ports,
    passed: run.ports,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
    waiting: run.waiting,
    error: run.error,
  };
}

function statusOf(run: NodeRun): NodeStatus {
  return run.status === "waiting" && run.waiting?.reason === "outcome" ? "unknown" : run.status;
}

function sums(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

/** How many items left by a port; `null` for none, or before the node has finished. */
export function itemsOnPort(state: NodeState | undefined, port: string): number | null {
  const count = state?.passed[port] ?? 0;
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
