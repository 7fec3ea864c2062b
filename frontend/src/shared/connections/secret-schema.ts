import type { JsonObject, JsonValue } from "@/shared/api/types";

/** One field of the form for a secret, as the connector's JSON Schema describes it. */
export interface SecretField {
  name: string;
  title: string;
  hint: string;
  required: boolean;
  kind: "text" | "password" | "long" | "choice" | "switch" | "number";
  choices: { value: string; label: string }[];
  initial: string;
}

export function secretFields(schema: JsonObject | null): SecretField[] {
  const properties = schema?.properties;
  if (!isObject(properties)) return [];
  const required = Array.isArray(schema?.required) ? schema.required : [];
  return Object.entries(properties).flatMap(([name, property]) =>
    isObject(property) ? [fieldOf(name, property, required.includes(name))] : [],
  );
}

function fieldOf(name: string, property: JsonObject, required: boolean): SecretField {
  const shape = withoutNull(property);
  return {
    name,
    title: text(property.title) || name,
    hint: text(property.description),
    required,
    kind: kindOf(shape),
    choices: choicesOf(shape, property["x-labels"]),
    initial:
      property.default === undefined || property.default === null ? "" : String(property.default),
  };
}

function choicesOf(shape: JsonObject, labels: JsonValue | undefined): SecretField["choices"] {
  const words = isObject(labels) ? labels : {};
  const values = Array.isArray(shape.enum) ? shape.enum.map(String) : [];
  return values.map((value) => ({ value, label: text(words[value]) || value }));
}

function kindOf(shape: JsonObject): SecretField["kind"] {
  if (Array.isArray(shape.enum)) return "choice";
  if (shape.type === "boolean") return "switch";
  if (shape.type === "integer" || shape.type === "number") return "number";
  if (shape.format === "password" || shape.writeOnly === true) return "password";
  return shape.format === "textarea" ? "long" : "text";
}

/** `string | null` is a text that may stay empty. */
function withoutNull(property: JsonObject): JsonObject {
  if (!Array.isArray(property.anyOf)) return property;
  const shape = property.anyOf.find((one) => isObject(one) && one.type !== "null");
  return isObject(shape) ? shape : property;
}

/** What is sent: numbers and switches in their own types; optional fields left empty are left out. */
export function secretOf(
  fields: readonly SecretField[],
  typed: Readonly<Record<string, string>>,
): JsonObject {
  const entries = fields.flatMap((field): [string, JsonValue][] => {
    const value = typed[field.name] ?? field.initial;
    if (value === "" && !field.required && field.initial === "") return [];
    return [[field.name, typedValue(field, value)]];
  });
  return Object.fromEntries(entries);
}

function typedValue(field: SecretField, value: string): JsonValue {
  if (field.kind === "switch") return value === "true";
  if (field.kind === "number") return Number(value);
  return value;
}

/** Whether nothing that must be given is empty. */
export function isComplete(
  fields: readonly SecretField[],
  typed: Readonly<Record<string, string>>,
): boolean {
  return fields.every((field) => !field.required || (typed[field.name] ?? field.initial) !== "");
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
