import type { ColumnType } from "@/shared/api/tables";
import type { JsonValue } from "@/shared/api/types";
import { exactTime } from "@/shared/lib/format";

export const TYPES: readonly { value: ColumnType; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes or no" },
  { value: "datetime", label: "Date and time" },
  { value: "json", label: "JSON" },
];

export function typeLabel(type: ColumnType): string {
  return TYPES.find((known) => known.value === type)?.label ?? type;
}

/** One line for a person to read. */
export function shownCell(value: JsonValue | undefined, type: ColumnType): string {
  if (value === null || value === undefined) return "";
  if (type === "boolean") return value === true ? "Yes" : "No";
  if (type === "datetime" && typeof value === "string") return exactTime(value);
  return writtenCell(value);
}

/** The text that an input begins with. */
export function writtenCell(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a person typed as the column takes it; what can't be one is left to the server, which says why. */
export function typedCell(text: string, type: ColumnType): JsonValue {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  switch (type) {
    case "number":
      return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
    case "boolean":
      return /^(yes|true|1)$/i.test(trimmed)
        ? true
        : /^(no|false|0)$/i.test(trimmed)
          ? false
          : trimmed;
    case "json":
      return parsed(trimmed);
    case "datetime":
      return trimmed;
    case "text":
      return text;
  }
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
