import { answer, api } from "@/shared/api/client";

/** For ten minutes, requests to this webhook's address also run the draft. Claims the address. */
export function listen(workflowId: string, nodeId: string) {
  return answer(
    api.POST("/api/v1/workflows/{workflow_id}/listen", {
      params: { path: { workflow_id: workflowId } },
      body: { node_id: nodeId },
    }),
  );
}
