import { isJsonObject, type JsonObject, type JsonValue } from "./graph";

/** As much of JSON Schema as parameters use, and the hints a node type may add for its form. */
export interface FieldSchema {
  readonly type?: string | string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly enum?: JsonValue[];
  readonly const?: JsonValue;
  readonly examples?: JsonValue[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly items?: FieldSchema;
  readonly minItems?: number;
  readonly properties?: Record<string, FieldSchema>;
  readonly additionalProperties?: boolean | FieldSchema;
  readonly required?: string[];
  readonly anyOf?: FieldSchema[];
  readonly oneOf?: FieldSchema[];
  readonly allOf?: FieldSchema[];
  readonly $ref?: string;
  readonly $defs?: Record<string, FieldSchema>;
  readonly "x-widget"?: string;
  /** Of a trigger with an address: what stands before its path, and whether people find a page there. */
  readonly "x-base"?: string;
  readonly "x-page"?: string;
  /** Of a whole form: braces in it are braces, not expressions. */
  readonly "x-literal"?: boolean;
  readonly "x-advanced"?: boolean;
  readonly "x-show-if"?: Record<string, JsonValue>;
  readonly "x-labels"?: Record<string, string>;
  /** The choices come from the service behind the node's connection. */
  readonly "x-options"?: { readonly loader: string; readonly dependsOn?: readonly string[] };
}

export type FieldKind =
  | "text"
  | "secret"
  | "multiline"
  | "code"
  | "number"
  | "switch"
  | "choice"
  | "list"
  | "outline"
  | "group"
  | "key-value"
  | "conditions"
  | "cron"
  | "auth"
  | "table"
  | "row"
  | "workflow"
  | "trigger"
  | "options"
  | "options-list"
  | "any"
  | "json";

export interface Choice {
  readonly value: JsonValue;
  readonly label: string;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly kind: FieldKind;
  readonly schema: FieldSchema;
  readonly choices: readonly Choice[];
  readonly required: boolean;
  readonly advanced: boolean;
  readonly fallback: JsonValue | undefined;
}

/** The fields of an object schema: required ones first, what others depend on before them, else in its order. */
export function fieldsOf(schema: FieldSchema, root: FieldSchema = schema): Field[] {
  const object = resolve(schema, root);
  const required = new Set(object.required ?? []);
  const fields = Object.entries(object.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property, root, required.has(name)),
  );
  return dependenciesFirst(
    [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)],
    root,
  );
}

/** A board is chosen before one of its lists, required or not. */
function dependenciesFirst(fields: readonly Field[], root: FieldSchema): Field[] {
  const placed = new Set<Field>();
  const seen = new Set<Field>();
  const place = (field: Field) => {
    if (seen.has(field)) return;
    seen.add(field);
    for (const name of optionsHint(field.schema, root)?.dependsOn ?? []) {
      const other = fields.find((candidate) => candidate.name === name);
      if (other !== undefined) place(other);
    }
    placed.add(field);
  };
  fields.forEach(place);
  return [...placed];
}

/** Where the choices of a field, or of the entries of its list, come from. */
export function optionsHint(schema: FieldSchema, root: FieldSchema): FieldSchema["x-options"] {
  return (
    schema["x-options"] ??
    (schema.items === undefined ? undefined : resolve(schema.items, root)["x-options"])
  );
}

export function fieldOf(
  name: string,
  property: FieldSchema,
  root: FieldSchema,
  required: boolean,
): Field {
  const schema = resolve(property, root);
  const choices = choicesOf(schema);
  return {
    name,
    label: labelOf(name, schema),
    help: schema.description ?? "",
    kind: optionsKind(schema, root) ?? kindOf(schema, choices),
    schema,
    choices,
    required,
    advanced: schema["x-advanced"] === true,
    fallback: schema.default,
  };
}

/** Follows references and takes `null` out of a union; hints beside a reference win over those behind it. */
export function resolve(schema: FieldSchema, root: FieldSchema): FieldSchema {
  const { $ref, allOf, anyOf, ...own } = schema;
  if ($ref !== undefined) return { ...resolve(atPointer($ref, root), root), ...own };
  if (allOf?.length === 1 && allOf[0] !== undefined) return { ...resolve(allOf[0], root), ...own };
  const real = (anyOf ?? []).filter((option) => option.type !== "null");
  if (real.length === 1 && real[0] !== undefined) return { ...resolve(real[0], root), ...own };
  return schema;
}

function atPointer(pointer: string, root: FieldSchema): FieldSchema {
  return root.$defs?.[pointer.split("/").at(-1) ?? ""] ?? {};
}

const WIDGETS: Record<string, FieldKind> = {
  conditions: "conditions",
  cron: "cron",
  "key-value": "key-value",
  key_value: "key-value",
  multiline: "multiline",
  code: "code",
  auth: "auth",
  table: "table",
  row: "row",
  workflow: "workflow",
  trigger: "trigger",
  outline: "outline",
  json: "json",
  password: "secret",
  secret: "secret",
};

/** Hints about how a text is written say nothing about a value that is none. */
const OF_TEXT: ReadonlySet<FieldKind> = new Set(["multiline", "code", "secret"]);

function kindOf(schema: FieldSchema, choices: readonly Choice[]): FieldKind {
  const types = typesOf(schema);
  const widget = WIDGETS[schema["x-widget"] ?? ""];
  if (widget !== undefined && (!OF_TEXT.has(widget) || types.includes("string"))) return widget;
  if (choices.length > 0) return "choice";
  return types.length === 1
    ? kindOfType(types[0] ?? "", schema)
    : types.length === 0
      ? "any"
      : kindOfMixed(types);
}

/** Whatever is listed by the service: one of it, or several. */
function optionsKind(schema: FieldSchema, root: FieldSchema): FieldKind | null {
  if (schema.type === "array") return optionsHint(schema, root) ? "options-list" : null;
  return schema["x-options"] ? "options" : null;
}

function typesOf(schema: FieldSchema): string[] {
  const listed =
    schema.type === undefined
      ? (schema.anyOf ?? schema.oneOf ?? []).flatMap(typesOf)
      : [schema.type].flat();
  return [...new Set(listed.filter((type) => type !== "null"))];
}

function kindOfType(type: string, schema: FieldSchema): FieldKind {
  switch (type) {
    case "string":
      return schema.format === "password" ? "secret" : "text";
    case "number":
    case "integer":
      return "number";
    case "boolean":
      return "switch";
    case "array":
      return schema.items === undefined ? "json" : "list";
    case "object":
      return schema.properties === undefined ? (isTextMap(schema) ? "key-value" : "json") : "group";
    default:
      return "json";
  }
}

function kindOfMixed(types: string[]): FieldKind {
  const numeric = types.every((type) => type === "number" || type === "integer");
  if (numeric) return "number";
  const expressible = types.filter((type) => type !== "string");
  if (expressible.length === 1 && (expressible[0] === "number" || expressible[0] === "integer"))
    return "number";
  return "any";
}

function isTextMap(schema: FieldSchema): boolean {
  const values = schema.additionalProperties;
  return typeof values === "object" && typesOf(values).includes("string");
}

function choicesOf(schema: FieldSchema): Choice[] {
  const labels = schema["x-labels"] ?? {};
  const values =
    schema.enum ?? [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(constantsOf);
  return values
    .filter((value) => value !== null)
    .map((value) => ({ value, label: labels[String(value)] ?? sentence(String(value)) }));
}

function constantsOf(option: FieldSchema): JsonValue[] {
  return option.const === undefined ? (option.enum ?? []) : [option.const];
}

const UNITS: Record<string, string> = { s: "seconds", ms: "milliseconds", mb: "MB" };
const SPELLED: Record<string, string> = {
  url: "URL",
  json: "JSON",
  id: "ID",
  html: "HTML",
  xml: "XML",
  api: "API",
};

/** A title of one's own, or the name as words: `timeout_s` is "Timeout (seconds)". */
function labelOf(name: string, schema: FieldSchema): string {
  const words = name.split("_");
  const generated = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
  const title = schema.title ?? generated;
  // The name of a class is nobody's title.
  if (title !== generated && !/^([A-Z][a-z]+){2,}$/.test(title)) return title;
  const unit = words.length > 1 ? UNITS[words.at(-1) ?? ""] : undefined;
  const label = sentence((unit === undefined ? words : words.slice(0, -1)).join("_"));
  return unit === undefined ? label : `${label} (${unit})`;
}

/** `at_once` is "At once"; what is written in capitals stays so. */
export function sentence(name: string): string {
  if (/^[A-Z0-9]+$/.test(name)) return name;
  const words = name.split("_").map((word) => SPELLED[word] ?? word);
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether a field's `x-show-if` holds: each named parameter has the value, or one of the values, given. */
export function isShown(field: Field, siblings: readonly Field[], values: JsonObject): boolean {
  const condition = field.schema["x-show-if"];
  if (condition === undefined) return true;
  return Object.entries(condition).every(([name, wanted]) => {
    const value =
      values[name] ?? siblings.find((sibling) => sibling.name === name)?.fallback ?? null;
    return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
  });
}

/** What a new node starts with: required parameters in a shape the form can show, everything else by default. */
export function initialParams(schema: FieldSchema): JsonObject {
  const starting = fieldsOf(schema).filter(
    (field) => field.required || (field.kind === "conditions" && !isOptionalList(field)),
  );
  return withValues(starting, schema);
}

/** Conditions that narrow something down may be none at all. */
export function isOptionalList({ required, schema }: Field): boolean {
  return !required && schema.minItems === undefined;
}

function withValues(fields: readonly Field[], root: FieldSchema): JsonObject {
  const entries = fields.map((field) => [field.name, emptyValue(field, root)] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined),
  );
}

function emptyValue(field: Field, root: FieldSchema): JsonValue | undefined {
  const fallback = field.fallback;
  if (fallback !== undefined && !(Array.isArray(fallback) && fallback.length === 0))
    return fallback;
  switch (field.kind) {
    case "conditions":
      return [{ left: "", operator: "equals", right: "" }];
    case "list":
    case "outline":
      return [emptyEntry(field, root)];
    case "options-list":
      return [];
    case "choice":
      return field.choices[0]?.value;
    case "group":
      return {};
    default:
      return undefined;
  }
}

/** A new entry of a list field. */
export function emptyEntry(field: Field, root: FieldSchema): JsonValue {
  const entry = fieldOf("entry", field.schema.items ?? {}, root, true);
  if (entry.kind !== "group") return entry.kind === "number" ? 0 : "";
  const inner = fieldsOf(entry.schema, root).filter(
    (field) => field.required || field.kind === "conditions",
  );
  const empty = Object.fromEntries(inner.map((field) => [field.name, ""] as const));
  return { ...empty, ...withValues(inner, root) };
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
