import { Play, Redo2, Rocket, Undo2 } from "lucide-react";
import { Link } from "react-router";
import { useMay } from "@/shared/api/roles";
import type { RunSummary } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { useSession } from "../run/session";
import { useStartRun } from "../run/use-start-run";
import { useEditor } from "../store";
import { LiveChip } from "./live-chip";
import { MoreMenu } from "./more-menu";
import { ProblemsChip } from "./problems-chip";
import { Published } from "./published";
import { RecentRuns } from "./recent-runs";
import { RunWithInput } from "./run-with-input";
import { SaveChip } from "./save-chip";
import styles from "./top-bar.module.css";
import { usePublish } from "./use-publish";
import { useTopBarKeys } from "./use-top-bar-keys";
import { WorkflowName } from "./workflow-name";

export function TopBar({ runs }: { runs: RunSummary[] }) {
  const { editing } = useSession();
  const mayRun = useMay("runner");
  const start = useStartRun();
  const publish = usePublish();
  const run = () => start.mutate({});
  useTopBarKeys({ run: mayRun ? run : null, publish: editing ? () => publish.mutate("") : null });
  return (
    <header className={styles.bar}>
      <Link to="/workflows" className={styles.crumb}>
        Workflows
      </Link>
      <span className={styles.slash} aria-hidden>
        /
      </span>
      <WorkflowName />
      <SaveChip />
      <LiveChip />
      <ProblemsChip />
      <span className={styles.gap} />
      <RecentRuns runs={runs} />
      {editing ? <UndoRedo /> : null}
      {mayRun ? (
        <span className={styles.run}>
          <Button
            icon={<Play aria-hidden />}
            busy={start.isPending}
            onClick={run}
            title="Run the draft (Ctrl+Enter)"
          >
            Run
          </Button>
          <RunWithInput start={start} />
        </span>
      ) : null}
      {editing ? (
        <Button
          variant="primary"
          icon={<Rocket aria-hidden />}
          busy={publish.isPending}
          onClick={() => publish.mutate("")}
          title="Make the draft live (Shift+P)"
        >
          Publish
        </Button>
      ) : null}
      <MoreMenu publish={publish} />
      <Published version={publish.data?.version ?? null} onClose={publish.reset} />
    </header>
  );
}

function UndoRedo() {
  const undo = useEditor((state) => state.undo);
  const redo = useEditor((state) => state.redo);
  const canUndo = useEditor((state) => state.history.past.length > 0);
  const canRedo = useEditor((state) => state.history.future.length > 0);
  return (
    <span className={styles.undo}>
      <IconButton
        label="Undo"
        shortcut="Ctrl+Z"
        icon={<Undo2 aria-hidden />}
        disabled={!canUndo}
        onClick={undo}
      />
      <IconButton
        label="Redo"
        shortcut="Ctrl+Shift+Z"
        icon={<Redo2 aria-hidden />}
        disabled={!canRedo}
        onClick={redo}
      />
    </span>
  );
}
