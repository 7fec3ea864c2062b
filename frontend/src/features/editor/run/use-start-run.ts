import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "@/shared/api/problem";
import { type StartRun, startRun } from "@/shared/api/workflows";
import { toast, toastProblem } from "@/shared/ui/toast";
import { usePanels } from "../panels";
import { NotSaved } from "../saving/draft-saver";
import { useSaver } from "../saving/saver";
import { useSession } from "./session";

/** Saves the draft, runs it, and shows the run as it goes. */
export function useStartRun() {
  const { workflowId, showRun } = useSession();
  const saver = useSaver();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (how: Omit<StartRun, "version">) => {
      await saver.flush();
      return startRun(workflowId, { ...how, version: "draft" });
    },
    onSuccess: (run) => {
      showRun(run.id);
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError: tellWhyNot,
  });
}

/** A refusal with problems leads to their list; a draft that isn't saved says so in its own place. */
export function tellWhyNot(error: unknown): void {
  if (error instanceof NotSaved) {
    toast({
      tone: "failed",
      title: "The draft is not saved yet",
      detail: "Settle that first, then try again.",
    });
    return;
  }
  if (error instanceof ApiError && error.problems.length > 0)
    usePanels.getState().showData("problems");
  toastProblem(error);
}
