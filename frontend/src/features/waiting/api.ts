import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";
import { cancelRun } from "@/shared/api/runs";
import type { WaitingNode, WaitReason } from "@/shared/api/types";
import { toast, toastProblem } from "@/shared/ui/toast";

export interface WaitingFilter {
  reason: WaitReason | "";
  workflow_id: string;
}

const KEY = "waiting";

export function waitingQuery({ reason, workflow_id }: WaitingFilter) {
  return infiniteQueryOptions({
    queryKey: [KEY, reason, workflow_id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/waiting", {
          params: {
            query: {
              reason: reason ? [reason] : null,
              workflow_id: workflow_id || null,
              cursor: pageParam,
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

function nodeOf(node: WaitingNode) {
  return { path: { run_id: node.run_id, node_id: node.node_id } };
}

function useAct<T = void>(act: (given: T) => Promise<unknown>, title: (given: T) => string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (_, given) => toast({ title: title(given) }),
    onError: toastProblem,
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useResume(node: WaitingNode) {
  return useAct(
    () =>
      answer(
        api.POST("/api/v1/runs/{run_id}/nodes/{node_id}/resume", {
          params: nodeOf(node),
          body: { path: node.path, payload: null },
        }),
      ),
    () => "The run goes on",
  );
}

export function useCancelWaiting(node: WaitingNode) {
  return useAct(
    () => cancelRun(node.shown_in),
    () => "The run was cancelled",
  );
}

export interface Said {
  decision: "approved" | "rejected";
  comment: string;
}

export function useDecide(node: WaitingNode) {
  return useAct(
    (said: Said) =>
      answer(
        api.POST("/api/v1/runs/{run_id}/nodes/{node_id}/decide", {
          params: nodeOf(node),
          body: { ...said, path: node.path },
        }),
      ),
    ({ decision }) => (decision === "approved" ? "Approved" : "Rejected"),
  );
}
