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
  // Both are steps of the history, so that undo brings back the one that did not stay.
  const { graph: mine, edit } = useEditor.getState();
  const theirs = readGraph(state.graph);
  const loadTheirs = () => {
    saver.follow(state.revision);
    edit(() => theirs);
    void client.invalidateQueries({ queryKey: workflowQuery(workflowId).queryKey, exact: true });
  };
  const keepMine = () => {
    edit(() => theirs);
    edit(() => mine);
    void saver.keepMine(mine).catch(toastProblem);
  };
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      title="Changed elsewhere"
      description="This draft was saved from another tab or by somebody else since you opened it. What should stay? Undo brings the other back."
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
