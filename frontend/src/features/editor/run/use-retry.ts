import { useMutation } from "@tanstack/react-query";
import { retryRun } from "@/shared/api/runs";
import { useSaver } from "../saving/saver";
import { useSession } from "./session";
import { tellWhyNot } from "./use-start-run";

/** Runs the shown run's input again, on the draft as it stands if that is what ran before, and shows the new run. */
export function useRetry() {
  const { runId, showRun } = useSession();
  const saver = useSaver();
  return useMutation({
    mutationFn: async () => {
      await saver.flush();
      return retryRun(runId ?? "", { version: "draft" });
    },
    onSuccess: (run) => showRun(run.id),
    onError: tellWhyNot,
  });
}
