import { useMutation, useQueryClient } from "@tanstack/react-query";
import { publishWorkflow, versionsQuery, workflowQuery } from "@/shared/api/workflows";
import { triggerStatesQuery } from "../api/trigger-states";
import { useSession } from "../run/session";
import { tellWhyNot } from "../run/use-start-run";
import { useSaver } from "../saving/saver";

/** Saves the draft and makes it the live version. */
export function usePublish() {
  const { workflowId } = useSession();
  const saver = useSaver();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (note: string) => {
      await saver.flush();
      return publishWorkflow(workflowId, note === "" ? {} : { note });
    },
    onSuccess: ({ version }) => {
      const known = workflowQuery(workflowId).queryKey;
      client.setQueryData(
        known,
        (workflow) => workflow && { ...workflow, published_version: version },
      );
      void client.invalidateQueries({ queryKey: versionsQuery(workflowId).queryKey });
      void client.invalidateQueries({ queryKey: ["workflows"] });
      void client.invalidateQueries({ queryKey: triggerStatesQuery(workflowId).queryKey });
    },
    onError: (error) => {
      void client.invalidateQueries({ queryKey: workflowQuery(workflowId).queryKey, exact: true });
      tellWhyNot(error);
    },
  });
}
