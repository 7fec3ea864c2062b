import { CircleX, TriangleAlert } from "lucide-react";
import { ended } from "@/shared/lib/ended";
import { EmptyState } from "@/shared/ui/empty-state";
import { Prose } from "@/shared/ui/prose";
import { useReveal } from "../canvas/use-reveal";
import { nodeById } from "../model/graph";
import type { Problem } from "../model/problems";
import { usePanels } from "../panels";
import { useEditor } from "../store";
import styles from "./data-panel.module.css";

/** Every problem of the draft; each leads to its node and field. */
export function ProblemList({
  problems,
  onChoose,
}: {
  problems: readonly Problem[];
  onChoose?: (() => void) | undefined;
}) {
  if (problems.length === 0) {
    return (
      <EmptyState size="small" title="No problems">
        Nothing stands in the way of publishing.
      </EmptyState>
    );
  }
  return (
    <ul className={styles.problems}>
      {problems.map((problem) => (
        <li key={`${problem.node_id}/${problem.field}/${problem.code}/${problem.message}`}>
          <ProblemButton problem={problem} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  );
}

function ProblemButton({
  problem,
  onChoose,
}: {
  problem: Problem;
  onChoose: (() => void) | undefined;
}) {
  const select = useEditor((state) => state.select);
  const title = useEditor((state) => nodeById(state.graph, problem.node_id ?? "")?.title);
  const reveal = useReveal();
  const showField = usePanels((state) => state.showField);
  return (
    <button
      type="button"
      className={styles.problem}
      data-severity={problem.severity}
      onClick={() => {
        if (problem.node_id) {
          select([problem.node_id]);
          reveal(problem.node_id);
        }
        if (problem.field) showField(problem.field);
        onChoose?.();
      }}
    >
      {problem.severity === "error" ? (
        <CircleX aria-label="Error" />
      ) : (
        <TriangleAlert aria-label="Warning" />
      )}
      <span>
        {title ? <b>{title}: </b> : null}
        <Prose text={ended(problem.message)} />{" "}
        <span className={styles.weak}>
          <Prose text={problem.hint} />
        </span>
      </span>
    </button>
  );
}
