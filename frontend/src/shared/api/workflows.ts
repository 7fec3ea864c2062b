import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, answerAs, api } from "./client";
import type {
  Graph,
  JsonObject,
  Workflow,
  WorkflowSummary,
  WorkflowVersionWithGraph,
} from "./types";

const WORKFLOW = "/api/v1/workflows/{workflow_id}";

function at(id: string) {
  return { path: { workflow_id: id } };
}

/** The graph document travels as free JSON. */
function free(graph: Graph): { [key: string]: unknown } {
  return graph as unknown as { [key: string]: unknown };
}

export function workflowsQuery(q = "", limit = 50) {
  return infiniteQueryOptions({
    queryKey: ["workflows", { q, limit }],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/workflows", { params: { query: { q, limit, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function workflowQuery(id: string) {
  return queryOptions({
    queryKey: ["workflow", id],
    queryFn: () => answerAs<Workflow>(api.GET(WORKFLOW, { params: at(id) })),
  });
}

export function createWorkflow({ name, graph }: { name: string; graph?: Graph }) {
  const body = graph ? { name, graph: free(graph) } : { name };
  return answerAs<Workflow>(api.POST("/api/v1/workflows", { body }));
}

export function changeWorkflow(
  id: string,
  body: { name?: string; folder?: string; tags?: string[] },
): Promise<WorkflowSummary> {
  return answer(api.PATCH(WORKFLOW, { params: at(id), body }));
}

export function duplicateWorkflow(id: string) {
  return answerAs<Workflow>(api.POST(`${WORKFLOW}/duplicate`, { params: at(id) }));
}

export function deleteWorkflow(id: string) {
  return answer(api.DELETE(WORKFLOW, { params: at(id) }));
}

/** 409 (an `ApiError` whose body has `revision` and `graph`) if the draft moved on. */
export function saveDraft(id: string, { graph, revision }: { graph: Graph; revision: number }) {
  return answer(
    api.PUT(`${WORKFLOW}/draft`, { params: at(id), body: { graph: free(graph), revision } }),
  );
}

export function publishWorkflow(id: string, body: { note?: string } = {}) {
  return answer(api.POST(`${WORKFLOW}/publish`, { params: at(id), body }));
}

export function unpublishWorkflow(id: string) {
  return answer(api.POST(`${WORKFLOW}/unpublish`, { params: at(id) }));
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["workflow", id, "versions"],
    queryFn: () => answer(api.GET(`${WORKFLOW}/versions`, { params: at(id) })),
  });
}

export function versionQuery(id: string, number: number) {
  return queryOptions({
    queryKey: ["workflow", id, "versions", number],
    queryFn: () =>
      answerAs<WorkflowVersionWithGraph>(
        api.GET(`${WORKFLOW}/versions/{number}`, { params: { path: { workflow_id: id, number } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** To the draft. */
export function restoreVersion(id: string, number: number) {
  return answerAs<Workflow>(
    api.POST(`${WORKFLOW}/versions/{number}/restore`, {
      params: { path: { workflow_id: id, number } },
    }),
  );
}

/** Goes live. */
export function rollBack(id: string, version: number) {
  return answer(api.POST(`${WORKFLOW}/rollback`, { params: at(id), body: { version } }));
}

export interface StartRun {
  input?: JsonObject | JsonObject[];
  trigger?: string;
  version?: number | "draft" | "live";
  wait_s?: number;
}

/** Without `wait_s` only `id` and `status` come back. */
export function startRun(workflowId: string, body: StartRun) {
  return answer(api.POST(`${WORKFLOW}/runs`, { params: at(workflowId), body }));
}
