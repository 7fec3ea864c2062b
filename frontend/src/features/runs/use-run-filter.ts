import { useSearchParams } from "react-router";
import type { RunFilter } from "@/shared/api/runs";
import type { RunStatus } from "@/shared/api/types";

type FilterName = "workflow_id" | "status" | "since" | "q";

const HOUR_MS = 3_600_000;
const spans: Record<string, number> = { "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS };

/** The filter stands in the address, so that it survives a reload and can be sent to somebody. */
export function useRunFilter() {
  const [search, setSearch] = useSearchParams();
  const read = (name: FilterName) => search.get(name) ?? "";
  const set = (name: FilterName, value: string) => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  };
  const values = {
    workflow_id: read("workflow_id"),
    status: read("status"),
    since: read("since"),
    q: read("q"),
  };
  return { values, set, active: Object.values(values).some(Boolean), clear: () => setSearch({}) };
}

/** What the server is asked; "24h" becomes a moment, on the minute so that it stays the same key. */
export function filterToAsk(values: Record<FilterName, string>, now: number): RunFilter {
  const span = spans[values.since];
  const minute = Math.floor(now / 60_000) * 60_000;
  return {
    ...(values.workflow_id ? { workflow_id: values.workflow_id } : {}),
    ...(isRunStatus(values.status) ? { status: values.status } : {}),
    ...(values.q ? { q: values.q } : {}),
    ...(span ? { since: new Date(minute - span).toISOString() } : {}),
  };
}

export const RUN_STATUSES: readonly RunStatus[] = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
];

function isRunStatus(value: string): value is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(value);
}
