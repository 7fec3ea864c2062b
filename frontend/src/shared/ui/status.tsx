import {
  CircleCheck,
  CircleDashed,
  CircleStop,
  CornerDownRight,
  Hourglass,
  LoaderCircle,
  type LucideProps,
  OctagonX,
} from "lucide-react";
import type { ComponentType } from "react";
import { cx } from "@/shared/lib/cx";
import styles from "./status.module.css";

/** The states of runs and node runs, and `unknown`: waiting because an outcome must be settled. */
export type Status =
  | "queued"
  | "running"
  | "waiting"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled"
  | "unknown";

function QuestionInDiamond(props: LucideProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={props.className}
      aria-hidden
    >
      <path d="M12 2.2 21.8 12 12 21.8 2.2 12Z" />
      <path d="M9.9 9.6a2.2 2.2 0 1 1 3.2 2c-.8.4-1.1.9-1.1 1.7M12 16.2h.01" />
    </svg>
  );
}

const icons: Record<Status, ComponentType<LucideProps>> = {
  queued: CircleDashed,
  running: LoaderCircle,
  waiting: Hourglass,
  succeeded: CircleCheck,
  failed: OctagonX,
  skipped: CornerDownRight,
  cancelled: CircleStop,
  unknown: QuestionInDiamond,
};

const words: Record<Status, string> = {
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  succeeded: "Succeeded",
  failed: "Failed",
  skipped: "Skipped",
  cancelled: "Cancelled",
  unknown: "Outcome unknown",
};

/** What to show for a run or node run: an unknown outcome is `waiting` with the reason `outcome`. */
export function shownStatus(of: {
  status: Exclude<Status, "unknown">;
  waiting?: { reason: string } | null | undefined;
}): Status {
  return of.status === "waiting" && of.waiting?.reason === "outcome" ? "unknown" : of.status;
}

export function statusWord(status: Status): string {
  return words[status];
}

interface StatusIconProps {
  status: Status;
  /** Off where the word stands beside it. */
  named?: boolean;
  className?: string | undefined;
}

export function StatusIcon({ status, named = true, className }: StatusIconProps) {
  const Icon = icons[status];
  return (
    <span
      className={cx(styles.icon, styles[status], className)}
      data-status={status}
      {...(named ? { role: "img", "aria-label": words[status] } : { "aria-hidden": true })}
    >
      <Icon strokeWidth={1.75} aria-hidden className={status === "running" ? styles.turning : ""} />
    </span>
  );
}

export function StatusChip({ status, word }: { status: Status; word?: string }) {
  return (
    <span className={cx(styles.chip, styles[status])} data-status={status}>
      <StatusIcon status={status} named={false} />
      {word ?? words[status]}
    </span>
  );
}
