import { useQueryClient } from "@tanstack/react-query";
import { workflowQuery } from "@/shared/api/workflows";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toastProblem } from "@/shared/ui/toast";
import { readGraph } from "./model/graph";
import { useSession } from "./run/session";
import { useSaver, useSaveState } from "./saving/saver";
import { useEditor } from "./store";

/** The draft was changed in another tab or by somebody else while it was edited here. */
export function ConflictDialog() {
  const { workflowId } = useSession();
  const saver = useSaver();
  const state = useSaveState();
  const client = useQueryClient();
  if (state.kind !== "conflict") return null;
  const loadTheirs = () => {
    const { load, types } = useEditor.getState();
    saver.follow(state.revision);
    load(readGraph(state.graph), types);
    void client.invalidateQueries({ queryKey: workflowQuery(workflowId).queryKey, exact: true });
  };
  const keepMine = () => void saver.keepMine(useEditor.getState().graph).catch(toastProblem);
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      title="Changed elsewhere"
      description="This draft was saved from another tab or by somebody else since you opened it. What should stay?"
      footer={
        <>
          <Button onClick={loadTheirs}>Load theirs</Button>
          <Button variant="primary" onClick={keepMine}>
            Keep mine
          </Button>
        </>
      }
    />
  );
}
