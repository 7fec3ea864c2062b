import { useMemo } from "react";
import type { Item, JsonValue } from "@/shared/api/types";
import { FileChip } from "@/shared/files/file-chip";
import { cx } from "@/shared/lib/cx";
import { cellText, columnsOf, valueAt } from "@/shared/lib/table";
import styles from "./data-table.module.css";

interface DataTableProps {
  items: readonly Item[];
  /** The number of the first row, for pages. */
  firstNumber?: number;
  selected?: number | undefined;
  onSelect?: ((index: number) => void) | undefined;
  label: string;
}

/** Items as a table: one row an item, one column a field. */
export function DataTable({ items, firstNumber = 1, selected, onSelect, label }: DataTableProps) {
  const columns = useMemo(() => columnsOf(items.map((item) => item.json)), [items]);
  const files = items.some((item) => Object.keys(item.files ?? {}).length > 0);
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col" className={styles.number}>
            #
          </th>
          {columns.map((column) => (
            <th
              key={column.name}
              scope="col"
              className={cx(column.kind === "number" && styles.right)}
            >
              {column.name}
              <span className={styles.kind}>{column.kind}</span>
            </th>
          ))}
          {columns.length === 0 ? <th scope="col">fields</th> : null}
          {files ? <th scope="col">files</th> : null}
        </tr>
      </thead>
      <tbody>
        {items.map((item, index) => (
          <tr
            // biome-ignore lint/suspicious/noArrayIndexKey: an item's position is its identity
            key={index}
            aria-selected={selected === index || undefined}
            onClick={onSelect ? () => onSelect(index) : undefined}
          >
            <td className={styles.number}>{firstNumber + index}</td>
            {columns.map((column) => (
              <Cell key={column.name} value={valueAt(item.json, column.path)} />
            ))}
            {columns.length === 0 ? <td className={styles.none}>none</td> : null}
            {files ? <FilesCell item={item} /> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ value }: { value: JsonValue | undefined }) {
  const text = cellText(value);
  const long = text.length > 600 ? `${text.slice(0, 600)}…` : text;
  return (
    <td
      title={long.length > 36 ? long : undefined}
      className={cx(
        typeof value === "number" && styles.right,
        (value === null || typeof value === "boolean" || typeof value === "object") && styles.weak,
      )}
    >
      {long.slice(0, 200)}
    </td>
  );
}

function FilesCell({ item }: { item: Item }) {
  return (
    <td className={styles.files}>
      {Object.entries(item.files ?? {}).map(([name, file]) => (
        <FileChip key={name} file={file} />
      ))}
    </td>
  );
}
