import type { RunSummary } from "@/shared/api/types";
import { cost, elapsed } from "@/shared/lib/format";
import { waitingTitle } from "@/shared/runs/waiting";

const kinds: Record<string, string> = {
  manual: "hand",
  webhook: "webhook",
  schedule: "schedule",
  form: "form",
  chat: "chat",
  event: "event",
  called: "another workflow",
  api: "API",
};

export function startedBy(run: RunSummary): string {
  return kinds[run.trigger_kind] ?? run.trigger_kind;
}

export function versionName(run: RunSummary): string {
  return run.version === null ? "Draft" : `Version ${run.version}`;
}

/** The second line of a run in a list. */
export function runLine(run: RunSummary, now: number): string {
  if (run.waiting) return waitingTitle(run.waiting, now);
  if (run.error) return run.error.message;
  return `${versionName(run)} · by ${startedBy(run)}`;
}

/** "4.6 s · $0.0007" */
export function runFigures(run: RunSummary, now: number): string {
  const time = run.started_at ? elapsed(run.started_at, run.finished_at, now) : "–";
  return [time, cost(run.cost_usd)].filter(Boolean).join(" · ");
}

export function isActive(run: RunSummary): boolean {
  return run.status === "queued" || run.status === "running" || run.status === "waiting";
}
