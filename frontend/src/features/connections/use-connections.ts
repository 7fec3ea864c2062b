import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  changeConnection,
  connectionsQuery,
  deleteConnection,
  rebindConnection,
  testConnection,
} from "@/shared/api/connections";
import type { Connection } from "@/shared/api/types";
import { toast, toastProblem } from "@/shared/ui/toast";

function useRefetch() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
}

export function useShare(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: (usable_by: Connection["usable_by"]) => changeConnection(id, { usable_by }),
    onSuccess: refetch,
  });
}

export function useTest(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: () => testConnection(id),
    onSuccess: (tested) => {
      tellHealth(tested);
      return refetch();
    },
    onError: toastProblem,
  });
}

function tellHealth({ name, health, health_detail: detail }: Connection): void {
  const works = { title: `“${name}” works`, detail };
  toast(
    {
      healthy: works,
      expiring: works,
      broken: {
        tone: "failed" as const,
        title: `“${name}” is refused`,
        detail: detail || "Connect it again.",
      },
      unknown: {
        title: `“${name}” can't be tested by itself`,
        detail: detail || "There is no service behind it to ask; it shows in the first run.",
      },
    }[health],
  );
}

export function useDelete(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: (force: boolean) => deleteConnection(id, force),
    onSuccess: refetch,
  });
}

export function useRebind(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: ({ to, workflowIds }: { to: string; workflowIds: string[] }) =>
      rebindConnection(id, to, workflowIds),
    onSuccess: refetch,
  });
}
