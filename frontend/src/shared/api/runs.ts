import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import type { Attempt, ItemsPage, JsonObject, Outcome, Page, Run, RunSummary } from "./types";

export interface RunFilter {
  workflow_id?: string | undefined;
  status?: string | undefined;
  since?: string | undefined;
  q?: string | undefined;
}

export function runsQuery(filter: RunFilter, limit = 50) {
  return infiniteQueryOptions({
    queryKey: ["runs", filter],
    queryFn: ({ pageParam }) =>
      call<Page<RunSummary>>("GET", "/runs", { query: { ...filter, limit, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["run", id],
    queryFn: () => call<Run>("GET", `/runs/${id}`),
  });
}

export interface NodeItemsAddress {
  runId: string;
  nodeId: string;
  side: "input" | "output";
  port?: string | undefined;
  /** The scope path of the node run; "" is the root. */
  path?: string | undefined;
}

/** The items a node took in or gave out, page by page. */
export function nodeItemsQuery({ runId, nodeId, side, port, path }: NodeItemsAddress, limit = 50) {
  return infiniteQueryOptions({
    queryKey: ["run", runId, "items", nodeId, side, port ?? "", path ?? ""],
    queryFn: ({ pageParam }) =>
      call<ItemsPage>("GET", `/runs/${runId}/nodes/${encodeURIComponent(nodeId)}/${side}`, {
        query: { port, path, limit, cursor: pageParam },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function attemptsQuery(runId: string, nodeId: string, path: string) {
  return queryOptions({
    queryKey: ["run", runId, "attempts", nodeId, path],
    queryFn: () =>
      call<Page<Attempt>>("GET", `/runs/${runId}/nodes/${encodeURIComponent(nodeId)}/attempts`, {
        query: { path },
      }),
  });
}

export function cancelRun(id: string) {
  return call<{ id: string }>("POST", `/runs/${id}/cancel`);
}

/** A new run, linked to the old one. */
export function retryRun(
  id: string,
  body: { from_node?: string; version?: number | "draft" | "live" | "same" } = {},
) {
  return call<{ id: string }>("POST", `/runs/${id}/retry`, { body });
}

export interface Settlement {
  outcome: "happened" | "did_not_happen";
  output?: JsonObject | JsonObject[];
  path?: string;
  /** Which of the node's items; all its unknown ones if left out. */
  item?: number;
}

export function settleOutcome(runId: string, nodeId: string, body: Settlement) {
  return call<void>("POST", `/runs/${runId}/nodes/${encodeURIComponent(nodeId)}/resolve`, { body });
}

/** Effects that a person must settle. */
export const outcomesQuery = queryOptions({
  queryKey: ["outcomes"],
  queryFn: () => call<Page<Outcome>>("GET", "/outcomes", { query: { limit: 200 } }),
  refetchInterval: 60_000,
});
