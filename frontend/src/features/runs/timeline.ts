import type { GraphNode, NodeRun, Run } from "@/shared/api/types";

/** A node run on the time line, or a node that has none. Positions are parts of the whole, 0 to 1. */
export interface Row {
  key: string;
  nodeId: string;
  path: string;
  title: string;
  type: string | null;
  nodeRun: NodeRun | null;
  start: number;
  width: number;
}

export interface Timeline {
  rows: Row[];
  /** Six equal parts; the label at the start of each, in milliseconds. */
  ticks: number[];
}

const PARTS = 6;

/** The node runs in the order in which they started, then those that never did. */
export function timelineOf(run: Run, nodes: readonly GraphNode[], now: number): Timeline {
  const from = Date.parse(run.started_at ?? run.created_at);
  const to = run.finished_at ? Date.parse(run.finished_at) : now;
  const span = Math.max(1, to - from);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const place = new Map(nodes.map((node, index) => [node.id, index]));

  const rows = run.node_runs.map((nodeRun) => ({
    ...rowOf(nodeRun.node_id, nodeRun.path, byId.get(nodeRun.node_id)),
    nodeRun,
    ...stretch(nodeRun, from, span, to),
  }));
  const ran = new Set(run.node_runs.map((nodeRun) => nodeRun.node_id));
  const missing = nodes
    .filter((node) => !ran.has(node.id))
    .map((node) => ({ ...rowOf(node.id, "", node), nodeRun: null, start: 0, width: 0 }));
  rows.sort((a, b) => order(a, b, place));
  return {
    rows: [...rows, ...missing],
    ticks: Array.from({ length: PARTS }, (_, part) => (span / PARTS) * part),
  };
}

function rowOf(nodeId: string, path: string, node: GraphNode | undefined) {
  return {
    key: `${nodeId}/${path}`,
    nodeId,
    path,
    title: node?.title ?? nodeId,
    type: node?.type ?? null,
  };
}

function stretch(nodeRun: NodeRun, from: number, span: number, to: number) {
  if (!nodeRun.started_at) return { start: 0, width: 0 };
  const begun = Date.parse(nodeRun.started_at);
  const ended = nodeRun.finished_at ? Date.parse(nodeRun.finished_at) : to;
  const start = bounded((begun - from) / span);
  return { start, width: bounded((ended - begun) / span, 1 - start) };
}

function bounded(value: number, most = 1): number {
  return Math.min(most, Math.max(0, value));
}

function order(a: Row, b: Row, place: ReadonlyMap<string, number>): number {
  const begun = startOf(a) - startOf(b);
  if (begun !== 0 && !Number.isNaN(begun)) return begun;
  return (place.get(a.nodeId) ?? 0) - (place.get(b.nodeId) ?? 0);
}

/** Those that never started come last. */
function startOf(row: Row): number {
  return row.nodeRun?.started_at ? Date.parse(row.nodeRun.started_at) : Number.POSITIVE_INFINITY;
}

/** What to look at first: what must be settled, what failed, what waits, what ended last. */
export function rowToShow(rows: readonly Row[]): Row | undefined {
  const ran = rows.filter((row) => row.nodeRun !== null && row.nodeRun.status !== "skipped");
  return (
    ran.find((row) => row.nodeRun?.waiting?.reason === "outcome") ??
    ran.find((row) => row.nodeRun?.status === "failed") ??
    ran.find((row) => row.nodeRun?.status === "waiting") ??
    ran.at(-1)
  );
}
