import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import {
  changeWorkflow,
  deleteWorkflow,
  duplicateWorkflow,
  workflowQuery,
} from "@/shared/api/workflows";
import { downloadJson, fileNameOf } from "@/shared/lib/json-file";
import { toast, toastProblem } from "@/shared/ui/toast";
import { fileOf } from "./exchange";

export function useRename(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => changeWorkflow(id, { name }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["workflow", id] });
      return client.invalidateQueries({ queryKey: ["workflows"] });
    },
  });
}

export function useDelete(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => deleteWorkflow(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["workflows"] }),
  });
}

export function useDuplicate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: duplicateWorkflow,
    onSuccess: (copy) => {
      toast({
        title: `Made “${copy.name}”`,
        action: { label: "Open", onClick: () => void navigate(`/workflows/${copy.id}`) },
      });
      return client.invalidateQueries({ queryKey: ["workflows"] });
    },
    onError: toastProblem,
  });
}

export function useExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.fetchQuery({ ...workflowQuery(id), staleTime: 0 }),
    onSuccess: (workflow) => downloadJson(`${fileNameOf(workflow.name)}.json`, fileOf(workflow)),
    onError: toastProblem,
  });
}
