import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeWorkflow, workflowQuery } from "@/shared/api/workflows";
import { useTitle } from "@/shared/lib/use-title";
import { toastProblem } from "@/shared/ui/toast";
import { useSession } from "../run/session";
import styles from "./top-bar.module.css";

/** The workflow's name, changed in place. */
export function WorkflowName() {
  const { workflowId, editing } = useSession();
  const client = useQueryClient();
  const known = workflowQuery(workflowId);
  const { data: name = "" } = useQuery({ ...known, select: (workflow) => workflow.name });
  const [typed, setTyped] = useState<string | null>(null);
  useTitle(name);
  const change = useMutation({
    mutationFn: (next: string) => changeWorkflow(workflowId, { name: next }),
    onSuccess: (saved) => {
      client.setQueryData(
        known.queryKey,
        (workflow) => workflow && { ...workflow, name: saved.name },
      );
      void client.invalidateQueries({ queryKey: ["workflows"] });
    },
    onError: toastProblem,
    onSettled: () => setTyped(null),
  });
  const finish = () => {
    const next = typed?.trim() ?? "";
    if (next === "" || next === name) setTyped(null);
    else change.mutate(next);
  };
  return (
    <h1 className={styles.heading}>
      <input
        className={styles.name}
        aria-label="Name of the workflow"
        value={typed ?? name}
        size={Math.max(4, Math.min(40, (typed ?? name).length))}
        readOnly={!editing}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(null);
        }}
      />
    </h1>
  );
}
