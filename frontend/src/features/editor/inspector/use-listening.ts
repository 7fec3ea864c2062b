import { useMutation } from "@tanstack/react-query";
import { toast, toastProblem } from "@/shared/ui/toast";
import { listen } from "../api/listen";
import { useSession } from "../run/session";
import { useSaver } from "../saving/saver";

/** For ten minutes the draft hears what comes in for one of its triggers; `detail` says what that will be. */
export function useListening(nodeId: string, detail: string) {
  const { workflowId } = useSession();
  const saver = useSaver();
  return useMutation({
    mutationFn: async () => {
      await saver.flush();
      return listen(workflowId, nodeId);
    },
    onSuccess: () => toast({ title: "Listening for ten minutes", detail }),
    onError: toastProblem,
  });
}
