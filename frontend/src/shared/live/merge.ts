import type { NodeRun, Run, RunSummary } from "@/shared/api/types";

/** A run with what an event says about it; events may come without the node runs. */
export function mergeRun(known: Run, event: RunSummary & Partial<Run>): Run {
  return { ...known, ...event, node_runs: event.node_runs ?? known.node_runs };
}

/** The node run replaced, or added where it is new. */
export function mergeNodeRun(run: Run, event: NodeRun): Run {
  const same = (known: NodeRun) => known.node_id === event.node_id && known.path === event.path;
  const node_runs = run.node_runs.some(same)
    ? run.node_runs.map((known) => (same(known) ? { ...known, ...event } : known))
    : [...run.node_runs, event];
  return { ...run, node_runs };
}

const OVER = new Set(["succeeded", "failed", "skipped", "cancelled"]);

/** An answer with what is known better: while a run goes on, the server writes down its nodes once a second. */
export function keepNewer(known: Run | undefined, answer: Run): Run {
  if (known === undefined || OVER.has(answer.status)) return answer;
  const answered = new Map(answer.node_runs.map((run) => [`${run.node_id} ${run.path}`, run]));
  const newer = known.node_runs.filter((run) => {
    const other = answered.get(`${run.node_id} ${run.path}`);
    if (other === undefined) return true;
    return OVER.has(run.status) && !OVER.has(other.status) && run.started_at === other.started_at;
  });
  return newer.reduce(mergeNodeRun, answer);
}

export interface RunPages {
  pages: { items: RunSummary[]; next_cursor: string | null }[];
  pageParams: unknown[];
}

export function shows({ pages }: RunPages, runId: string): boolean {
  return pages.some((page) => page.items.some((run) => run.id === runId));
}

/** The pages with the run replaced, or `null` if no page shows it. */
export function replaceInPages(pages: RunPages, event: RunSummary): RunPages | null {
  if (!shows(pages, event.id)) return null;
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: page.items.map((run) => (run.id === event.id ? { ...run, ...event } : run)),
    })),
  };
}
