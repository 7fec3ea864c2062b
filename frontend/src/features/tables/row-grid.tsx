import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useState } from "react";
import type { DataTable, TableColumn, TableRow } from "@/shared/api/tables";
import { cx } from "@/shared/lib/cx";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { RelativeTime } from "@/shared/ui/relative-time";
import { typeLabel } from "./cell";
import { EditableCell } from "./editable-cell";
import styles from "./row-grid.module.css";
import { useDeleteRow } from "./use-tables";

interface RowGridProps {
  table: DataTable;
  rows: readonly TableRow[];
  /** A column, with - before it for descending; "" for the newest first. */
  sort: string;
  onSort: (sort: string) => void;
  mayWrite: boolean;
}

export function RowGrid({ table, rows, sort, onSort, mayWrite }: RowGridProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className={styles.scroll} aria-label={`Rows of ${table.name}`} tabIndex={0}>
      <table className={styles.grid} aria-label={table.name}>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <SortableHead
                key={column.id}
                column={column}
                inKey={table.key.includes(column.name)}
                sort={sort}
                onSort={onSort}
              />
            ))}
            <th scope="col">Changed</th>
            {mayWrite ? (
              <th scope="col">
                <span className={styles.unseen}>Delete</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <GridRow key={row.id} table={table} row={row} mayWrite={mayWrite} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface SortableHeadProps {
  column: TableColumn;
  inKey: boolean;
  sort: string;
  onSort: (sort: string) => void;
}

/** Ascending, descending, and back to the newest first. */
function SortableHead({ column, inKey, sort, onSort }: SortableHeadProps) {
  const ascending = sort === column.name;
  const descending = sort === `-${column.name}`;
  const next = ascending ? `-${column.name}` : descending ? "" : column.name;
  return (
    <th
      scope="col"
      aria-sort={ascending ? "ascending" : descending ? "descending" : "none"}
      className={cx(column.type === "number" && styles.right)}
    >
      <button type="button" className={styles.head} onClick={() => onSort(next)}>
        {column.name}
        <span className={styles.kind}>
          {typeLabel(column.type)}
          {inKey ? " · key" : ""}
        </span>
        {ascending ? <ArrowUp aria-hidden /> : null}
        {descending ? <ArrowDown aria-hidden /> : null}
      </button>
    </th>
  );
}

function GridRow({ table, row, mayWrite }: { table: DataTable; row: TableRow; mayWrite: boolean }) {
  const [deleting, setDeleting] = useState(false);
  const remove = useDeleteRow(table.id, row.id);
  return (
    <tr>
      {table.columns.map((column) => (
        <EditableCell
          key={column.id}
          table={table.id}
          row={row}
          column={column}
          mayWrite={mayWrite}
        />
      ))}
      <td className={styles.when}>
        <RelativeTime at={row.updated_at} />
      </td>
      {mayWrite ? (
        <td className={styles.tools}>
          <IconButton
            size="small"
            label="Delete this row"
            icon={<Trash2 aria-hidden />}
            onClick={() => setDeleting(true)}
          />
          <ConfirmDialog
            open={deleting}
            onOpenChange={setDeleting}
            danger
            title="Delete this row?"
            description="It can't be brought back."
            confirmLabel="Delete the row"
            busy={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate()}
          />
        </td>
      ) : null}
    </tr>
  );
}
