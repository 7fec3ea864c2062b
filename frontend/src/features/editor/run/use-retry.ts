import { useMutation } from "@tanstack/react-query";
import { retryRun } from "@/shared/api/runs";
import { useSaver } from "../saving/saver";
import { useSession } from "./session";
import { tellWhyNot } from "./use-start-run";

/** Runs the shown run's input again and shows the new run: on the draft, or on the version that is looked at. */
export function useRetry() {
  const { asItRan, runId, showRun } = useSession();
  const saver = useSaver();
  return useMutation({
    mutationFn: async () => {
      await saver.flush();
      return retryRun(runId ?? "", { version: asItRan ?? "draft" });
    },
    onSuccess: (run) => showRun(run.id),
    onError: tellWhyNot,
  });
}
