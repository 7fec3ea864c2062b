import { spoken } from "./expression";
import { isJsonObject, type JsonObject, type JsonValue } from "./graph";

export type Condition = { left: JsonValue; operator: string; right: JsonValue };

interface Operator {
  readonly name: string;
  readonly text: string;
  readonly unary: boolean;
}

const binary = (name: string, text: string): Operator => ({ name, text, unary: false });
const unary = (name: string, text: string): Operator => ({ name, text, unary: true });

export const OPERATORS: readonly Operator[] = [
  binary("equals", "is equal to"),
  binary("not_equals", "is not equal to"),
  binary("contains", "contains"),
  binary("not_contains", "does not contain"),
  binary("starts_with", "starts with"),
  binary("ends_with", "ends with"),
  binary("matches", "matches the pattern"),
  binary("gt", "is greater than"),
  binary("gte", "is at least"),
  binary("lt", "is less than"),
  binary("lte", "is at most"),
  binary("in", "is one of"),
  binary("before", "is before"),
  binary("after", "is after"),
  unary("is_empty", "is empty"),
  unary("is_not_empty", "is not empty"),
  unary("is_true", "is true"),
  unary("is_false", "is false"),
  unary("exists", "exists"),
  unary("not_exists", "does not exist"),
];

const BY_NAME = new Map(OPERATORS.map((operator) => [operator.name, operator]));

export const EMPTY_CONDITION: Condition = { left: "", operator: "equals", right: "" };

export function takesRight(operator: string): boolean {
  return !(BY_NAME.get(operator)?.unary ?? false);
}

export function readConditions(value: JsonValue | undefined): Condition[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).map((row) => ({
    left: row.left ?? "",
    operator: typeof row.operator === "string" ? row.operator : "equals",
    right: row.right ?? "",
  }));
}

/** A row as it is stored: an operator that asks about one value carries no other. */
export function writeCondition(condition: Condition): JsonObject {
  const { left, operator, right } = condition;
  return takesRight(operator) ? { left, operator, right } : { left, operator };
}

/** "body.total is greater than 100", as a card says it. */
export function describeConditions(
  conditions: Condition[],
  combine: JsonValue | undefined,
): string {
  return conditions.map(describe).join(combine === "or" ? " or " : " and ");
}

function describe({ left, operator, right }: Condition): string {
  const words = [said(left), BY_NAME.get(operator)?.text ?? operator];
  return (takesRight(operator) ? [...words, said(right)] : words).join(" ");
}

function said(value: JsonValue): string {
  if (typeof value === "string") return value === "" ? "…" : spoken(value);
  return JSON.stringify(value);
}
