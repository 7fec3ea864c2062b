import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { keepNewer } from "../live/merge";
import { answer, answerAs, api } from "./client";
import type { ItemsPage, JsonObject, Run, RunStatus } from "./types";

export interface RunFilter {
  workflow_id?: string;
  status?: RunStatus;
  since?: string;
  q?: string;
}

export function runsQuery({ status, ...filter }: RunFilter, limit = 50) {
  return infiniteQueryOptions({
    queryKey: ["runs", { ...filter, status }],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/runs", {
          params: {
            query: { ...filter, status: status ? [status] : null, limit, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

function at(run_id: string) {
  return { path: { run_id } };
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["run", id],
    queryFn: async ({ client, queryKey }): Promise<Run> => {
      const run = await answer(api.GET("/api/v1/runs/{run_id}", { params: at(id) }));
      return keepNewer(client.getQueryData(queryKey), run);
    },
  });
}

export interface NodeItemsAddress {
  runId: string;
  nodeId: string;
  side: "input" | "output";
  /** An output's port or an input's name; the first one that has items if left out. */
  port?: string | undefined;
  /** The scope path of the node run; "" is the root. */
  path?: string | undefined;
}

/** The items a node took in or gave out, page by page. */
export function nodeItemsQuery(address: NodeItemsAddress, limit = 50) {
  const { runId, nodeId, side, port = null, path = "" } = address;
  const url = `/api/v1/runs/{run_id}/nodes/{node_id}/${side}` as const;
  return infiniteQueryOptions({
    queryKey: ["run", runId, "items", nodeId, side, port, path],
    queryFn: ({ pageParam }) =>
      answerAs<ItemsPage>(
        api.GET(url, {
          params: {
            path: { run_id: runId, node_id: nodeId },
            query: { port, path, limit, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function attemptsQuery(runId: string, nodeId: string, path: string) {
  return queryOptions({
    queryKey: ["run", runId, "attempts", nodeId, path],
    queryFn: () =>
      answer(
        api.GET("/api/v1/runs/{run_id}/nodes/{node_id}/attempts", {
          params: { path: { run_id: runId, node_id: nodeId }, query: { path } },
        }),
      ),
  });
}

export function cancelRun(id: string) {
  return answer(api.POST("/api/v1/runs/{run_id}/cancel", { params: at(id) }));
}

export interface Retry {
  from_node?: string;
  /** A map of which only the items that failed run again. */
  failed_items_of?: string;
  version?: number | "draft" | "live" | "same";
}

/** A new run, linked to the old one. */
export function retryRun(id: string, body: Retry = {}) {
  return answer(api.POST("/api/v1/runs/{run_id}/retry", { params: at(id), body }));
}

export interface Settlement {
  outcome: "happened" | "did_not_happen";
  output?: JsonObject | JsonObject[];
  path?: string;
}

export function settleOutcome(runId: string, nodeId: string, body: Settlement) {
  return answer(
    api.POST("/api/v1/runs/{run_id}/nodes/{node_id}/resolve", {
      params: { path: { run_id: runId, node_id: nodeId } },
      body,
    }),
  );
}

/** Effects that a person must settle. */
export const outcomesQuery = queryOptions({
  queryKey: ["outcomes"],
  queryFn: () => answer(api.GET("/api/v1/outcomes", { params: { query: { limit: 200 } } })),
  refetchInterval: 60_000,
});
