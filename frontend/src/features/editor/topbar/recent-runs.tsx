import { ChevronDown, CircleStop, EyeOff, ListTree } from "lucide-react";
import { useNavigate } from "react-router";
import { cancelRun } from "@/shared/api/runs";
import type { RunSummary } from "@/shared/api/types";
import { elapsed, relativeTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/shared/ui/menu";
import { StatusIcon, shownStatus, statusWord } from "@/shared/ui/status";
import { toastProblem } from "@/shared/ui/toast";
import { isOver } from "../model/run-view";
import { useSession } from "../run/session";
import { useShownRun } from "../run/shown-run";
import styles from "./top-bar.module.css";
import { WorkflowCounters } from "./workflow-counters";

const SHOWN = 10;

/** The run on the canvas, and the ones before it to choose from. */
export function RecentRuns({ runs }: { runs: RunSummary[] }) {
  const { runId, showRun } = useSession();
  const navigate = useNavigate();
  const run = useShownRun((whole) => whole);
  const now = useNow(run && !isOver(run.status) ? 500 : 60_000);
  if (runs.length === 0 && run === undefined) return null;
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className={styles.runs}
          data-status={run && shownStatus(run)}
          aria-label={label(run, now)}
        >
          {run ? <StatusIcon status={shownStatus(run)} named={false} /> : null}
          {label(run, now)}
          <ChevronDown aria-hidden />
        </button>
      }
    >
      <WorkflowCounters />
      <MenuLabel>Recent runs</MenuLabel>
      {runs.slice(0, SHOWN).map((entry) => (
        <MenuItem
          key={entry.id}
          icon={<StatusIcon status={shownStatus(entry)} />}
          onSelect={() => showRun(entry.id)}
        >
          {entry.trigger_kind}, {relativeTime(entry.created_at, now)}
          {entry.version === null ? " · draft" : ` · version ${entry.version}`}
          {entry.id === runId ? " · shown" : ""}
        </MenuItem>
      ))}
      <MenuSeparator />
      {run && !isOver(run.status) ? (
        <MenuItem
          icon={<CircleStop aria-hidden />}
          danger
          onSelect={() => void cancelRun(run.id).catch(toastProblem)}
        >
          Cancel this run
        </MenuItem>
      ) : null}
      {run ? (
        <>
          <MenuItem
            icon={<ListTree aria-hidden />}
            onSelect={() => void navigate(`/runs/${run.id}`)}
          >
            Open the run's page
          </MenuItem>
          <MenuItem icon={<EyeOff aria-hidden />} onSelect={() => showRun(null)}>
            Clear the canvas
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

type Shown = Pick<RunSummary, "status" | "waiting" | "started_at" | "finished_at">;

function label(run: Shown | undefined, now: number): string {
  if (run === undefined) return "Runs";
  const time = run.started_at === null ? "" : ` ${elapsed(run.started_at, run.finished_at, now)}`;
  return `${statusWord(shownStatus(run))}${time}`;
}
