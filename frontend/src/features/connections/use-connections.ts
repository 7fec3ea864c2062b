import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  changeConnection,
  connectionsQuery,
  createConnection,
  deleteConnection,
  testConnection,
} from "@/shared/api/connections";
import type { Connection } from "@/shared/api/types";
import { toast, toastProblem } from "@/shared/ui/toast";

function useRefetch() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
}

export function useCreate() {
  const refetch = useRefetch();
  return useMutation({ mutationFn: createConnection, onSuccess: refetch });
}

export function useChange(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: (change: Parameters<typeof changeConnection>[1]) => changeConnection(id, change),
    onSuccess: refetch,
  });
}

export function useTest(id: string) {
  const refetch = useRefetch();
  return useMutation({
    mutationFn: () => testConnection(id),
    onSuccess: ({ name, health, health_detail }) => {
      tellHealth(name, health, health_detail);
      return refetch();
    },
    onError: toastProblem,
  });
}

function tellHealth(name: string, health: Connection["health"], detail: string): void {
  toast(
    {
      healthy: { title: `“${name}” works`, detail },
      broken: {
        tone: "failed" as const,
        title: `“${name}” is refused`,
        detail: detail || "Choose Change in its menu and give a new secret.",
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
