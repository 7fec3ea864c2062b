import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import {
  cancelRun,
  outcomesQuery,
  retryRun,
  runQuery,
  type Settlement,
  settleOutcome,
} from "@/shared/api/runs";
import { toast, toastProblem } from "@/shared/ui/toast";

export function useCancel(runId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => cancelRun(runId),
    onSuccess: () => client.invalidateQueries({ queryKey: runQuery(runId).queryKey, exact: true }),
  });
}

/** Goes on to the new run. */
export function useRetry(runId: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (how: Parameters<typeof retryRun>[1]) => retryRun(runId, how),
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: ["runs"] });
      toast({ title: "Started again" });
      await navigate(`/runs/${id}`);
    },
    onError: toastProblem,
  });
}

export function useSettle(runId: string, nodeId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settlement: Settlement) => settleOutcome(runId, nodeId, settlement),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: outcomesQuery.queryKey });
      void client.invalidateQueries({ queryKey: runQuery(runId).queryKey, exact: true });
    },
  });
}
