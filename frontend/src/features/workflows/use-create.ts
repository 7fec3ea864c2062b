import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { createWorkflow } from "@/shared/api/workflows";
import { readWorkflowFile } from "./exchange";
import { graphOfStart, randomPath, type Start } from "./starts";

/** Makes a workflow and opens it in the editor. */
export function useCreateFromStart() {
  return useCreate(({ name, start }: { name: string; start: Start }) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return createWorkflow({ name, graph: graphOfStart(start, timeZone, randomPath) });
  });
}

export function useImportFile() {
  return useCreate(async (file: File) =>
    createWorkflow(readWorkflowFile(await file.text(), file.name)),
  );
}

function useCreate<Given>(make: (given: Given) => ReturnType<typeof createWorkflow>) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: make,
    onSuccess: async (workflow) => {
      void client.invalidateQueries({ queryKey: ["workflows"] });
      await navigate(`/workflows/${workflow.id}`);
    },
  });
}
