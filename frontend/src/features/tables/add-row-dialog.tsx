import { useState } from "react";
import { fieldErrors } from "@/shared/api/problem";
import type { DataTable, TableColumn } from "@/shared/api/tables";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { Textarea } from "@/shared/ui/textarea";
import { typedCell } from "./cell";
import styles from "./tables.module.css";
import { useAddRow } from "./use-tables";

const YES_OR_NO = [
  { value: "", label: "Empty" },
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];

export function AddRowDialog({ table, onClose }: { table: DataTable; onClose: () => void }) {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const add = useAddRow(table.id);
  const errors = fieldErrors(add.error);
  const known = table.columns.some((column) => errors[column.name] !== undefined);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Add a row to ${table.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="add-row" variant="primary" busy={add.isPending}>
            Add the row
          </Button>
        </>
      }
    >
      <form
        id="add-row"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const values = Object.fromEntries(
            table.columns.map(({ name, type }) => [name, typedCell(texts[name] ?? "", type)]),
          );
          add.mutate(values, { onSuccess: onClose });
        }}
      >
        {table.columns.map((column) => (
          <Field
            key={column.id}
            label={column.name}
            required={table.key.includes(column.name)}
            hint={column.type === "datetime" ? "Such as 2026-05-31 18:00 (UTC)" : undefined}
            error={errors[column.name]}
          >
            <ValueInput
              column={column}
              text={texts[column.name] ?? ""}
              onChange={(text) => setTexts({ ...texts, [column.name]: text })}
            />
          </Field>
        ))}
        {add.isError && !known ? <Problem error={add.error} /> : null}
      </form>
    </Dialog>
  );
}

interface ValueInputProps {
  column: TableColumn;
  text: string;
  onChange: (text: string) => void;
}

function ValueInput({ column, text, onChange }: ValueInputProps) {
  switch (column.type) {
    case "boolean":
      return <Select value={text} options={YES_OR_NO} onChange={onChange} />;
    case "json":
      return <Textarea code value={text} onChange={(event) => onChange(event.target.value)} />;
    default:
      return (
        <Input
          value={text}
          inputMode={column.type === "number" ? "decimal" : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
