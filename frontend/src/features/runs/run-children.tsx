import { Link } from "react-router";
import type { Run } from "@/shared/api/types";
import { elapsed } from "@/shared/lib/format";
import { StatusIcon } from "@/shared/ui/status";
import styles from "./run-children.module.css";

interface RunChildrenProps {
  run: Run;
  titleOf: (nodeId: string) => string;
  now: number;
}

/** The runs of other workflows that this one started, by node and item. */
export function RunChildren({ run, titleOf, now }: RunChildrenProps) {
  if (run.children_count === 0) return null;
  return (
    <section className={styles.children} aria-label="Runs that this run started">
      <h2>
        Started by this run <span>{run.children_count}</span>
      </h2>
      <ul>
        {run.children.map((child) => (
          <li key={child.id}>
            <Link className={styles.child} to={`/runs/${child.id}`} title={child.id}>
              <StatusIcon status={child.status} />
              <span className={styles.name}>{child.workflow_name}</span>
              <span className={styles.of}>
                {titleOf(child.node_id)}, item {child.index + 1}
              </span>
              <span className={styles.time}>
                {elapsed(child.created_at, child.finished_at, now)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {run.children_count > run.children.length ? (
        <p className={styles.more}>
          The first {run.children.length} are shown. The list of runs has them all.
        </p>
      ) : null}
    </section>
  );
}
