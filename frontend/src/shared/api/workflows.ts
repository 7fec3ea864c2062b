import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import type {
  Graph,
  GraphProblem,
  JsonObject,
  Page,
  Run,
  Workflow,
  WorkflowSummary,
  WorkflowVersion,
  WorkflowVersionWithGraph,
} from "./types";

export function workflowsQuery(q = "", limit = 50) {
  return infiniteQueryOptions({
    queryKey: ["workflows", { q, limit }],
    queryFn: ({ pageParam }) =>
      call<Page<WorkflowSummary>>("GET", "/workflows", { query: { q, limit, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function workflowQuery(id: string) {
  return queryOptions({
    queryKey: ["workflow", id],
    queryFn: () => call<Workflow>("GET", `/workflows/${id}`),
  });
}

export function createWorkflow(body: { name: string; graph?: Graph }) {
  return call<Workflow>("POST", "/workflows", { body });
}

export function changeWorkflow(
  id: string,
  body: { name?: string; folder?: string | null; tags?: string[] },
) {
  return call<WorkflowSummary>("PATCH", `/workflows/${id}`, { body });
}

export function duplicateWorkflow(id: string) {
  return call<Workflow>("POST", `/workflows/${id}/duplicate`);
}

export function deleteWorkflow(id: string) {
  return call<void>("DELETE", `/workflows/${id}`);
}

/** 409 (an `ApiError` whose body has `revision` and `graph`) if the draft moved on. */
export function saveDraft(id: string, body: { graph: Graph; revision: number }) {
  return call<{ revision: number; problems: GraphProblem[] }>("PUT", `/workflows/${id}/draft`, {
    body,
  });
}

export function publishWorkflow(id: string, body: { note?: string } = {}) {
  return call<{ version: number }>("POST", `/workflows/${id}/publish`, { body });
}

export function unpublishWorkflow(id: string) {
  return call<WorkflowSummary>("POST", `/workflows/${id}/unpublish`);
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["workflow", id, "versions"],
    queryFn: () => call<Page<WorkflowVersion>>("GET", `/workflows/${id}/versions`),
  });
}

export function versionQuery(id: string, version: number) {
  return queryOptions({
    queryKey: ["workflow", id, "versions", version],
    queryFn: () => call<WorkflowVersionWithGraph>("GET", `/workflows/${id}/versions/${version}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** To the draft. */
export function restoreVersion(id: string, version: number) {
  return call<Workflow>("POST", `/workflows/${id}/versions/${version}/restore`);
}

/** Goes live. */
export function rollBack(id: string, version: number) {
  return call<{ version: number }>("POST", `/workflows/${id}/rollback`, { body: { version } });
}

export interface StartRun {
  input?: JsonObject | JsonObject[];
  trigger?: string;
  version?: number | "draft";
  wait_s?: number;
}

/** Without `wait_s` only `id` and `status` come back. */
export function startRun(workflowId: string, body: StartRun) {
  return call<Pick<Run, "id" | "status">>("POST", `/workflows/${workflowId}/runs`, { body });
}

export function schedulePreviewQuery(schedule: {
  cron?: string;
  every_s?: number;
  timezone?: string;
}) {
  return queryOptions({
    queryKey: ["schedule-preview", schedule],
    queryFn: () =>
      call<{ items: string[] }>("GET", "/schedules/preview", { query: { ...schedule } }),
    retry: false,
  });
}
