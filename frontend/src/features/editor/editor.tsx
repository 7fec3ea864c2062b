import { ReactFlowProvider } from "@xyflow/react";
import { useLayoutEffect, useState } from "react";
import { useMay } from "@/shared/api/roles";
import type { NodeType, Workflow } from "@/shared/api/types";
import { usePhone } from "@/shared/lib/use-media";
import { AsItRanBanner } from "./as-it-ran-banner";
import { Canvas } from "./canvas/canvas";
import { ConflictDialog } from "./conflict-dialog";
import { DataPanel } from "./data/data-panel";
import styles from "./editor-page.module.css";
import { Inspector } from "./inspector/inspector";
import { readGraph } from "./model/graph";
import { SessionProvider } from "./run/session";
import { useAsItRan } from "./run/use-as-it-ran";
import { useFollowRuns } from "./run/use-follow-runs";
import { SaverProvider } from "./saving/saver";
import { useAutosave } from "./saving/use-autosave";
import { useFollowDraft } from "./saving/use-follow-draft";
import { useEditor } from "./store";
import { TopBar } from "./topbar/top-bar";
import { UnsavedBanner } from "./unsaved-banner";
import { usePlace } from "./use-place";

interface EditorProps {
  workflow: Workflow;
  types: NodeType[];
}

export function Editor({ workflow, types }: EditorProps) {
  const loaded = useLoaded(workflow, types);
  return loaded ? <LoadedEditor workflow={workflow} /> : null;
}

/** Puts the document into the store once, before anything is drawn from it. */
function useLoaded(workflow: Workflow, types: NodeType[]): boolean {
  const [loaded, setLoaded] = useState(false);
  useLayoutEffect(() => {
    if (loaded) return;
    useEditor
      .getState()
      .load(readGraph(workflow.graph), new Map(types.map((type) => [type.type, type])));
    setLoaded(true);
  }, [loaded, workflow, types]);
  return loaded;
}

function LoadedEditor({ workflow }: { workflow: Workflow }) {
  const mayEdit = useMay("editor");
  const phone = usePhone();
  const { runId, showRun } = usePlace();
  const asItRan = useAsItRan(workflow.id, runId);
  const editing = mayEdit && !phone && asItRan === null;
  const saver = useAutosave(workflow.id, workflow.revision, editing);
  const runs = useFollowRuns(workflow.id, runId, showRun);
  useFollowDraft(saver, workflow);
  return (
    <SessionProvider value={{ workflowId: workflow.id, editing, asItRan, runId, showRun }}>
      <SaverProvider value={saver}>
        <ReactFlowProvider>
          <div className={styles.editor}>
            <TopBar runs={runs} />
            <UnsavedBanner />
            <AsItRanBanner />
            <div className={styles.middle}>
              <main className={styles.work}>
                <Canvas />
                <DataPanel />
              </main>
              <Inspector />
            </div>
          </div>
          <ConflictDialog />
        </ReactFlowProvider>
      </SaverProvider>
    </SessionProvider>
  );
}
