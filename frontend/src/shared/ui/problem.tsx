import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "@/shared/api/problem";
import { ended } from "@/shared/lib/ended";
import { Button } from "./button";
import styles from "./problem.module.css";
import { Prose } from "./prose";

interface ProblemProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** A better next step than trying again. */
  action?: ReactNode;
}

/** What happened, why, what to do; technical detail behind "Details". */
export function Problem({ error, onRetry, action }: ProblemProps) {
  const shown = describe(error);
  return (
    <div className={styles.problem} role="alert">
      <CircleAlert aria-hidden />
      <div className={styles.text}>
        <p>
          <strong>{shown.title}</strong> <Prose text={shown.why} />
        </p>
        {shown.hint ? (
          <p>
            <Prose text={shown.hint} />
          </p>
        ) : null}
        {shown.problems.length > 0 ? (
          <ul className={styles.list}>
            {shown.problems.map((problem) => (
              <li key={`${problem.node_id}/${problem.field}/${problem.code}`}>
                {problem.field ? <code>{problem.field}</code> : null}{" "}
                <Prose text={`${ended(problem.message)} ${problem.hint}`} />
              </li>
            ))}
          </ul>
        ) : null}
        {shown.technical ? (
          <details className={styles.details}>
            <summary>Details</summary>
            <code>{shown.technical}</code>
          </details>
        ) : null}
        {onRetry || action ? (
          <div className={styles.actions}>
            {action}
            {onRetry ? (
              <Button size="small" onClick={onRetry}>
                Try again
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
    </div>
  );
}

function describe(error: unknown) {
  if (error instanceof ApiError) {
    return {
      title: ended(error.title),
      why: error.detail === error.title ? "" : error.detail,
      hint: error.hint,
      problems: error.problems,
      technical: error.status ? `${error.status} ${error.code}` : "",
    };
  }
  return {
    title: "Something went wrong on this page.",
    why: "",
    hint: "Load the page again.",
    problems: [],
    technical: error instanceof Error ? error.message : String(error),
  };
}
