import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";

const SOON_MS = 2000;
const NOW_AND_THEN_MS = 30_000;

/** Whether the triggers of the live version listen, and what keeps one from it. */
export function triggerStatesQuery(workflowId: string) {
  return queryOptions({
    queryKey: ["workflow", workflowId, "triggers"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/workflows/{workflow_id}/triggers", {
          params: { path: { workflow_id: workflowId } },
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some((trigger) => trigger.status === "starting")
        ? SOON_MS
        : NOW_AND_THEN_MS,
  });
}

/** What kept the trigger from listening may be mended: the service is asked at once. */
export function retryTrigger(workflowId: string, nodeId: string) {
  return answer(
    api.POST("/api/v1/workflows/{workflow_id}/triggers/{node_id}/retry", {
      params: { path: { workflow_id: workflowId, node_id: nodeId } },
    }),
  );
}
