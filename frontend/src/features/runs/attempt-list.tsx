import { useQuery } from "@tanstack/react-query";
import { attemptsQuery } from "@/shared/api/runs";
import type { Attempt, NodeRun } from "@/shared/api/types";
import { ended } from "@/shared/lib/ended";
import { elapsed, exactTime } from "@/shared/lib/format";
import { EmptyState } from "@/shared/ui/empty-state";
import { Problem } from "@/shared/ui/problem";
import { Prose } from "@/shared/ui/prose";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { type Status, StatusChip } from "@/shared/ui/status";
import styles from "./attempt-list.module.css";

const shown: Record<Attempt["status"], { status: Status; word: string }> = {
  intent: { status: "running", word: "Under way" },
  succeeded: { status: "succeeded", word: "Succeeded" },
  failed: { status: "failed", word: "Failed" },
  unknown: { status: "unknown", word: "Outcome unknown" },
};

/** Every try of every call that the node made outside. */
export function AttemptList({ runId, nodeRun }: { runId: string; nodeRun: NodeRun }) {
  const query = useQuery(attemptsQuery(runId, nodeRun.node_id, nodeRun.path));
  if (query.isPending) return <SkeletonRows rows={2} height={44} />;
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0) {
    return (
      <EmptyState
        size="small"
        title={`Tried ${nodeRun.attempt === 1 ? "once" : `${nodeRun.attempt} times`}`}
      >
        The node called nothing outside, so no single calls are kept.
      </EmptyState>
    );
  }
  return (
    <ol>
      {query.data.map((attempt) => (
        <li key={`${attempt.item}/${attempt.number}`} className={styles.row}>
          <StatusChip {...shown[attempt.status]} />
          <span className={styles.text}>
            Item {attempt.item + 1}, try {attempt.number}
            {attempt.summary ? `: ${attempt.summary}` : ""}
            {attempt.error ? (
              <span className={styles.error}>
                <Prose text={`${ended(attempt.error.message)} ${attempt.error.hint}`} />
              </span>
            ) : null}
          </span>
          <span className={styles.time} title={exactTime(attempt.started_at)}>
            {attempt.finished_at
              ? elapsed(attempt.started_at, attempt.finished_at, 0)
              : "no answer"}
          </span>
        </li>
      ))}
    </ol>
  );
}
