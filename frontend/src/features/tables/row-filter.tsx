import { Search } from "lucide-react";
import type { DataTable } from "@/shared/api/tables";
import { plural } from "@/shared/lib/format";
import { Input } from "@/shared/ui/input";
import { Select } from "@/shared/ui/select";
import styles from "./tables.module.css";

const OPERATORS = [
  { value: "equals", label: "equals" },
  { value: "not_equals", label: "does not equal" },
  { value: "contains", label: "contains" },
  { value: "starts_with", label: "starts with" },
  { value: "gt", label: "is greater than" },
  { value: "lt", label: "is less than" },
  { value: "before", label: "is before" },
  { value: "after", label: "is after" },
  { value: "is_empty", label: "is empty" },
  { value: "is_not_empty", label: "is not empty" },
] as const;

type Operator = (typeof OPERATORS)[number]["value"];

export interface Filter {
  column: string;
  operator: Operator;
  value: string;
}

export const NO_FILTER: Filter = { column: "", operator: "contains", value: "" };

/** As the rows' address takes it; "" while there is nothing to ask. */
export function filterText({ column, operator, value }: Filter): string {
  const alone = operator.startsWith("is_");
  if (column === "" || (value.trim() === "" && !alone)) return "";
  const right = alone ? null : value.trim();
  return JSON.stringify({ conditions: [{ left: column, operator, right }] });
}

interface RowFilterProps {
  table: DataTable;
  word: string;
  onWord: (word: string) => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  found: number | null;
  more: boolean;
}

export function RowFilter({ table, word, onWord, filter, onFilter, found, more }: RowFilterProps) {
  const filtered = word.trim() !== "" || filterText(filter) !== "";
  return (
    <search className={styles.filters}>
      <Input
        className={styles.search}
        type="search"
        aria-label="Search in all columns"
        placeholder="Search"
        lead={<Search aria-hidden />}
        value={word}
        onChange={(event) => onWord(event.target.value)}
      />
      <Select
        fit
        label="Filter by column"
        value={filter.column}
        options={[
          { value: "", label: "All rows" },
          ...table.columns.map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={(column) => onFilter({ ...filter, column })}
      />
      {filter.column ? (
        <>
          <Select
            fit
            label="Operator"
            value={filter.operator}
            options={OPERATORS}
            onChange={(operator) => onFilter({ ...filter, operator })}
          />
          {filter.operator.startsWith("is_") ? null : (
            <Input
              className={styles.value}
              aria-label="Compared with"
              value={filter.value}
              onChange={(event) => onFilter({ ...filter, value: event.target.value })}
            />
          )}
        </>
      ) : null}
      <span className={styles.found} role="status">
        {filtered && found !== null ? `${more ? "More than " : ""}${plural(found, "row")}` : ""}
      </span>
    </search>
  );
}
