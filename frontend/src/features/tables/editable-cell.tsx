import { useState } from "react";
import type { TableColumn, TableRow } from "@/shared/api/tables";
import { cx } from "@/shared/lib/cx";
import { toastProblem } from "@/shared/ui/toast";
import { shownCell, typedCell, writtenCell } from "./cell";
import styles from "./row-grid.module.css";
import { useChangeRow } from "./use-tables";

interface EditableCellProps {
  table: string;
  row: TableRow;
  column: TableColumn;
  mayWrite: boolean;
}

/** A value; pressed, an input in its place. Enter and leaving keep what was typed, Escape takes it back. */
export function EditableCell({ table, row, column, mayWrite }: EditableCellProps) {
  const [text, setText] = useState<string | null>(null);
  const change = useChangeRow(table, row.id);
  const value = row.values[column.name];
  const shown = shownCell(value, column.type);

  const keep = () => {
    if (text === null || change.isPending) return;
    if (text === writtenCell(value)) {
      setText(null);
      return;
    }
    change.mutate(
      { [column.name]: typedCell(text, column.type) },
      { onSuccess: () => setText(null), onError: toastProblem },
    );
  };

  if (text !== null) {
    return (
      <td className={styles.editing}>
        <input
          // biome-ignore lint/a11y/noAutofocus: it stands where the person has just pressed
          autoFocus
          className={styles.input}
          aria-label={`${column.name} of this row`}
          aria-invalid={change.isError || undefined}
          value={text}
          readOnly={change.isPending}
          onChange={(event) => setText(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === "Enter") keep();
            if (event.key === "Escape") setText(null);
          }}
        />
      </td>
    );
  }
  const look = cx(column.type === "number" && styles.right, column.type === "json" && styles.code);
  if (!mayWrite) {
    return (
      <td className={look} title={shown.length > 36 ? shown : undefined}>
        {shown.slice(0, 200)}
      </td>
    );
  }
  return (
    <td className={look} title={shown.length > 36 ? shown.slice(0, 600) : undefined}>
      <button
        type="button"
        className={styles.value}
        aria-label={`Change ${column.name}: ${shown.slice(0, 80) || "empty"}`}
        onClick={() => setText(writtenCell(value))}
      >
        {shown.slice(0, 200) || " "}
      </button>
    </td>
  );
}
