import { dueTime, elapsed, plural } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/use-now";
import type { NodeState } from "../model/run-view";
import styles from "./node-card.module.css";

/** The reserved line below a card: how long, which attempt, what it waits for. */
export function NodeFigures({ state, mode }: { state: NodeState; mode: "each" | "all" | null }) {
  const now = useNow(state.status === "running" ? 200 : 0);
  const time = state.startedAt && elapsed(state.startedAt, state.finishedAt, now);
  return (
    <p className={styles.figures}>
      {state.status === "skipped" ? <span>Skipped</span> : null}
      {state.status === "queued" ? <span>Queued</span> : null}
      {state.status === "waiting" || state.status === "unknown" ? (
        <span>{waitingText(state)}</span>
      ) : null}
      {!time || state.status === "waiting" ? null : (
        <span>{state.status === "running" ? `${time} so far` : time}</span>
      )}
      {state.attempt > 1 ? <span>attempt {state.attempt}</span> : null}
      {state.status === "succeeded" ? <span>{plural(state.itemsOut, "item")}</span> : null}
      {mode === "each" && state.itemsIn > 1 ? <span>each item</span> : null}
    </p>
  );
}

function waitingText(state: NodeState): string {
  const { waiting } = state;
  if (state.status === "unknown") return "Outcome unknown · ask a person";
  if (waiting?.until) return `Until ${dueTime(waiting.until, Date.now())}`;
  return waiting?.reason === "call" ? "Waiting for a call" : `Waiting · ${waiting?.reason ?? ""}`;
}
