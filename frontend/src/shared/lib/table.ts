import type { JsonObject, JsonValue } from "@/shared/api/types";

export type ColumnKind = "text" | "number" | "yes/no" | "object" | "list" | "mixed" | "empty";

export interface Column {
  /** The path from the item: `["customer", "name"]`. */
  path: string[];
  name: string;
  kind: ColumnKind;
}

const MOST_COLUMNS = 60;

/** The columns of a table over items: plain objects are opened one level, in order of appearance. */
export function columnsOf(rows: readonly JsonObject[]): Column[] {
  const found = new Map<string, Column>();
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) addColumns(found, key, value);
  }
  return [...found.values()].slice(0, MOST_COLUMNS);
}

function addColumns(found: Map<string, Column>, key: string, value: JsonValue): void {
  if (isObject(value) && Object.keys(value).length > 0 && Object.keys(value).length <= 8) {
    for (const [inner, innerValue] of Object.entries(value)) {
      addColumn(found, [key, inner], innerValue);
    }
  } else {
    addColumn(found, [key], value);
  }
}

function addColumn(found: Map<string, Column>, path: string[], value: JsonValue): void {
  const name = path.join(".");
  const kind = kindOf(value);
  const column = found.get(name);
  if (!column) found.set(name, { path, name, kind });
  else if (column.kind === "empty") column.kind = kind;
  else if (kind !== "empty" && kind !== column.kind) column.kind = "mixed";
}

export function kindOf(value: JsonValue): ColumnKind {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "number";
    case "boolean":
      return "yes/no";
    default:
      return "object";
  }
}

/** `undefined` where the item lacks the field. */
export function valueAt(row: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = row;
  for (const key of path) {
    if (!isObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

/** One line for a cell. */
export function cellText(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
