import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { ColumnType, DataTable } from "@/shared/api/tables";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { IconButton } from "@/shared/ui/icon-button";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { TYPES } from "./cell";
import styles from "./tables.module.css";

interface DraftColumn {
  /** Of a column that there is already. */
  id: string | null;
  name: string;
  type: ColumnType;
  inKey: boolean;
}

export interface TableDraft {
  name: string;
  columns: { id: string | null; name: string; type: ColumnType }[];
  key: string[];
}

interface TableDialogProps {
  title: string;
  confirmLabel: string;
  table?: DataTable;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onSave: (draft: TableDraft) => void;
}

/** Name, columns and key of a table, new or not. */
export function TableDialog(props: TableDialogProps) {
  const { table, title, confirmLabel, busy, error, onClose, onSave } = props;
  const [name, setName] = useState(table?.name ?? "");
  const [columns, setColumns] = useState(() => draftOf(table));
  const change = (index: number, part: Partial<DraftColumn>) =>
    setColumns(columns.map((column, at) => (at === index ? { ...column, ...part } : column)));
  const named = columns.filter((column) => column.name.trim() !== "");
  const gone = (table?.columns ?? []).filter((old) => !named.some(({ id }) => id === old.id));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      size="wide"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="table"
            variant={gone.length > 0 && table?.row_count ? "danger" : "primary"}
            busy={busy}
            disabled={name.trim() === "" || named.length === 0}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <form
        id="table"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onSave({
            name: name.trim(),
            columns: named.map(({ id, name: own, type }) => ({ id, name: own.trim(), type })),
            key: named.filter((column) => column.inKey).map((column) => column.name.trim()),
          });
        }}
      >
        <Field label="Name" required>
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <fieldset className={styles.drafts}>
          <legend>Columns</legend>
          {columns.map((column, index) => (
            <ColumnLine
              // biome-ignore lint/suspicious/noArrayIndexKey: a column being made is its position
              key={index}
              column={column}
              number={index + 1}
              typeFixed={column.id !== null && (table?.row_count ?? 0) > 0}
              onChange={(part) => change(index, part)}
              onRemove={() => setColumns(columns.filter((_, at) => at !== index))}
            />
          ))}
          <Button
            size="small"
            variant="quiet"
            className={styles.add}
            icon={<Plus aria-hidden />}
            onClick={() => setColumns([...columns, EMPTY])}
          >
            Add column
          </Button>
        </fieldset>
        <p className={styles.note}>
          Key columns tell rows apart: no two rows have the same values there, and “Insert or update
          a row” finds its row by them.
        </p>
        {gone.length > 0 && table?.row_count ? (
          <p className={styles.warning}>
            {gone.map((column) => `“${column.name}”`).join(", ")} and all values in it will be gone.
          </p>
        ) : null}
        {error ? <Problem error={error} /> : null}
      </form>
    </Dialog>
  );
}

interface ColumnLineProps {
  column: DraftColumn;
  number: number;
  typeFixed: boolean;
  onChange: (part: Partial<DraftColumn>) => void;
  onRemove: () => void;
}

function ColumnLine({ column, number, typeFixed, onChange, onRemove }: ColumnLineProps) {
  return (
    <div className={styles.draft}>
      <Input
        aria-label={`Name of column ${number}`}
        placeholder="Name"
        value={column.name}
        maxLength={100}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <Select
        label={`Type of column ${number}`}
        value={column.type}
        options={TYPES}
        disabled={typeFixed}
        onChange={(type) => onChange({ type })}
      />
      <label className={styles.inKey}>
        <input
          type="checkbox"
          aria-label={`Column ${number} is part of the key`}
          checked={column.inKey}
          onChange={(event) => onChange({ inKey: event.target.checked })}
        />
        Key
      </label>
      <IconButton
        label={`Remove column ${number}`}
        icon={<X aria-hidden />}
        size="small"
        onClick={onRemove}
      />
    </div>
  );
}

const EMPTY: DraftColumn = { id: null, name: "", type: "text", inKey: false };

function draftOf(table: DataTable | undefined): DraftColumn[] {
  if (table === undefined) return [EMPTY];
  return table.columns.map(({ id, name, type }) => ({
    id,
    name,
    type,
    inKey: table.key.includes(name),
  }));
}
