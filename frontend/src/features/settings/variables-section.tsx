import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { EyeOff, Pencil, Plus, Trash2, Variable as VariableIcon } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/shared/api/roles";
import type { Variable } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { EmptyState } from "@/shared/ui/empty-state";
import { IconButton } from "@/shared/ui/icon-button";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { RelativeTime } from "@/shared/ui/relative-time";
import { SkeletonRows } from "@/shared/ui/skeleton";
import styles from "./parts.module.css";
import { VariableDialog } from "./variable-dialog";
import { deleteVariable, variablesQuery } from "./variables-api";

export function VariablesSection() {
  const mayEdit = useMay("editor");
  const [adding, setAdding] = useState(false);
  const query = useQuery(variablesQuery);
  const variables = (query.data?.items ?? []).toSorted((one, other) =>
    one.name.localeCompare(other.name),
  );
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New variable
    </Button>
  );
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.intro}>
          All workflows read them: <code>{"{{ $vars.name }}"}</code>. A secret one is stored
          encrypted, and is masked wherever runs are shown.
        </p>
        {mayEdit && variables.length > 0 ? add : null}
      </div>
      {query.isError ? <Problem error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Sheet>
        {query.isPending ? <SkeletonRows rows={3} height={60} /> : null}
        {query.isSuccess && variables.length === 0 ? (
          <EmptyState
            icon={<VariableIcon aria-hidden />}
            title="No variables yet"
            action={mayEdit ? add : null}
          >
            Keep here what several workflows share: an address, a limit, a token.
          </EmptyState>
        ) : null}
        <ul>
          {variables.map((variable) => (
            <VariableRow key={variable.name} variable={variable} mayEdit={mayEdit} />
          ))}
        </ul>
      </Sheet>
      {adding ? <VariableDialog onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function VariableRow({ variable, mayEdit }: { variable: Variable; mayEdit: boolean }) {
  const { name, value, secret, description } = variable;
  const client = useQueryClient();
  const [asking, setAsking] = useState<"change" | "delete" | null>(null);
  const remove = useMutation({
    mutationFn: () => deleteVariable(name),
    onSuccess: () => client.invalidateQueries({ queryKey: variablesQuery.queryKey }),
  });
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return (
    <li className={styles.row}>
      <div className={styles.main}>
        <p className={styles.name}>{name}</p>
        <p className={styles.line}>
          <code>{secret ? "•••" : shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}</code>
        </p>
        <p className={styles.line}>
          {description ? `${description} · ` : ""}
          {variable.updated_by}, <RelativeTime at={variable.updated_at} />
        </p>
      </div>
      {secret ? <Chip icon={<EyeOff aria-hidden />}>Secret</Chip> : null}
      {mayEdit ? (
        <>
          <IconButton
            label={`Change ${name}`}
            icon={<Pencil aria-hidden />}
            onClick={() => setAsking("change")}
          />
          <IconButton
            label={`Delete ${name}`}
            icon={<Trash2 aria-hidden />}
            onClick={() => setAsking("delete")}
          />
        </>
      ) : null}
      {asking === "change" ? (
        <VariableDialog variable={variable} onClose={() => setAsking(null)} />
      ) : null}
      <ConfirmDialog
        open={asking === "delete"}
        onOpenChange={() => setAsking(null)}
        danger
        title={`Delete the variable “${name}”?`}
        description="Workflows that read it fail from now on, and say so."
        confirmLabel="Delete the variable"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}
