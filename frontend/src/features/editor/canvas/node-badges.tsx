import { ToggleLeft, TriangleAlert } from "lucide-react";
import { StatusIcon } from "@/shared/ui/status";
import type { NodeState } from "../model/run-view";
import type { ProblemCount } from "../run/problems";
import styles from "./node-card.module.css";

interface NodeBadgesProps {
  off: boolean;
  problems: ProblemCount;
  state: NodeState | undefined;
}

/** What straddles the upper edge of a card. A word stands beside the shape only when somebody must act. */
export function NodeBadges({ off, problems, state }: NodeBadgesProps) {
  return (
    <div className={styles.badges} aria-hidden>
      {off ? (
        <span className={styles.badge} data-badge="off">
          <ToggleLeft /> Off
        </span>
      ) : null}
      {problems.all > 0 ? (
        <span className={styles.badge} data-badge={problems.errors > 0 ? "problems" : "warnings"}>
          <TriangleAlert /> {problems.all}
        </span>
      ) : null}
      {state === undefined ? null : (
        <span className={styles.badge} data-badge={state.status}>
          <StatusIcon status={state.status} named={false} />
          {wordFor(state)}
        </span>
      )}
    </div>
  );
}

function wordFor(state: NodeState): string | null {
  if (state.status === "failed") return "Failed";
  if (state.status === "unknown") return "Settle";
  return state.status === "waiting" && state.waiting?.reason === "approval" ? "Approval" : null;
}
