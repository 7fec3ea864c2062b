import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { LogLevel } from "./types";

export interface LogFilter {
  /** The least that is shown. */
  level?: LogLevel;
  node_id?: string;
  q?: string;
}

const AT_ONCE = 200;

/** The lines of a run's log, newest first, page by page into the past. */
export function logsQuery(runId: string, filter: LogFilter) {
  return infiniteQueryOptions({
    queryKey: ["run", runId, "logs", filter],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/runs/{run_id}/logs", {
          params: {
            path: { run_id: runId },
            query: { ...filter, limit: AT_ONCE, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function workflowCountersQuery(workflowId: string) {
  return queryOptions({
    queryKey: ["workflow", workflowId, "counters"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/workflows/{workflow_id}/counters", {
          params: { path: { workflow_id: workflowId } },
        }),
      ),
    refetchInterval: 30_000,
  });
}

/** What became of the runs of the last day, by workflow. */
export const workflowPulsesQuery = queryOptions({
  queryKey: ["workflow-counters"],
  queryFn: () => answer(api.GET("/api/v1/workflow-counters")),
  refetchInterval: 30_000,
});
