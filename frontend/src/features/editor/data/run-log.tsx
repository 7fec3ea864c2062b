import { LogPanel } from "@/shared/runs/log-panel";
import { EmptyState } from "@/shared/ui/empty-state";
import { useReveal } from "../canvas/use-reveal";
import { nodeById } from "../model/graph";
import { useSession } from "../run/session";
import { useShownRun } from "../run/shown-run";
import { useEditor } from "../store";

/** What was said in the shown run; a line leads to its node on the canvas. */
export function RunLog() {
  const { runId } = useSession();
  const graph = useEditor((state) => state.graph);
  const select = useEditor((state) => state.select);
  const reveal = useReveal();
  const status = useShownRun((run) => run.status);
  if (runId === null) {
    return (
      <EmptyState size="small" title="No run is shown">
        Press Run, or choose a past run above, and what its nodes say appears here as it comes.
      </EmptyState>
    );
  }
  return (
    <LogPanel
      runId={runId}
      active={status === "queued" || status === "running" || status === "waiting"}
      titleOf={(nodeId) => nodeById(graph, nodeId)?.title ?? nodeId}
      onJump={(nodeId) => {
        select([nodeId]);
        reveal(nodeId);
      }}
    />
  );
}
