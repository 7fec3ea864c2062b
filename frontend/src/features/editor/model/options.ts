import { hasExpression } from "./expression";
import { type Field, type FieldSchema, fieldsOf, optionsHint } from "./fields";
import type { JsonObject, JsonValue } from "./graph";

/** Where the choices of a field come from, and which parameters have to be filled before. */
export interface OptionsHint {
  readonly loader: string;
  readonly dependsOn: readonly string[];
}

/** The hint of a field, or of the entries of its list. */
export function optionsOf(schema: FieldSchema, root: FieldSchema): OptionsHint | null {
  const hint = optionsHint(schema, root);
  return hint === undefined ? null : { loader: hint.loader, dependsOn: hint.dependsOn ?? [] };
}

/** What keeps choices from being listed: a parameter that is empty, or known in a run alone. */
export interface Unmet {
  readonly name: string;
  readonly label: string;
  readonly why: "empty" | "expression";
}

export function unmetOf(hint: OptionsHint, schema: FieldSchema, values: JsonObject): Unmet | null {
  const fields = fieldsOf(schema);
  for (const name of hint.dependsOn) {
    const field = fields.find((candidate) => candidate.name === name);
    const value = values[name] ?? field?.fallback;
    const label = field?.label ?? name;
    if (value === undefined || value === null || value === "") return { name, label, why: "empty" };
    if (hasExpression(value)) return { name, label, why: "expression" };
  }
  return null;
}

/** The parameters that a loader asks for, as it gets them. */
export function paramsFor(hint: OptionsHint, schema: FieldSchema, values: JsonObject): JsonObject {
  const fields = fieldsOf(schema);
  const entries = hint.dependsOn.map((name): [string, JsonValue] => {
    const fallback = fields.find((field) => field.name === name)?.fallback;
    return [name, values[name] ?? fallback ?? null];
  });
  return Object.fromEntries(entries);
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** What a picker lists: what was found, what was typed as it is, and a way back to nothing. */
export function choicesOf(
  found: readonly Choice[],
  { search, clearable }: { search: string; clearable: boolean },
): Choice[] {
  const typed = search.trim();
  const none = clearable && found.length > 0 ? [{ value: "", label: "None" }] : [];
  if (typed === "") return [...none, ...found];
  return found.some((choice) => choice.value === typed)
    ? [...found]
    : [...found, { value: typed, label: `Use “${typed}” as it is` }];
}

/** As much of the last answer as fits what was typed since: nobody chooses by Enter what went away meanwhile. */
export function stillFitting<C extends Choice>(found: readonly C[], search: string): C[] {
  const typed = search.trim().toLowerCase();
  return found.filter(({ value, label }) =>
    [value, label].some((text) => text.toLowerCase().includes(typed)),
  );
}

/** What has to be done before there is anything to choose. */
export function chooseFirst({ label }: Pick<Unmet, "label">): string {
  if (!/^\p{Lu}\p{Ll}{3,}$/u.test(label)) return `Choose “${label}” first`;
  const word = label.toLowerCase();
  return `Choose ${/^[aeio]/.test(word) ? "an" : "a"} ${word} first`;
}

/** The parameters without those that were chosen for the former value of `name`, and what was chosen for these. */
export function withoutDependents(
  schema: FieldSchema,
  values: JsonObject,
  name: string,
): JsonObject {
  const gone = dependentsOf(fieldsOf(schema), schema, name);
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !gone.has(key) || hasExpression(value)),
  );
}

function dependentsOf(fields: readonly Field[], root: FieldSchema, name: string): Set<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const field of fields) {
      const waits = optionsOf(field.schema, root)?.dependsOn.includes(next) ?? false;
      if (!waits || field.name === name || found.has(field.name)) continue;
      found.add(field.name);
      open.push(field.name);
    }
  }
  return found;
}
