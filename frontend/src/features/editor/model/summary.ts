import { describeConditions, readConditions } from "./conditions";
import { spoken } from "./expression";
import { type FieldSchema, resolve } from "./fields";
import { type GraphNode, isJsonObject, type JsonValue } from "./graph";
import type { NodeType } from "./node-type";
import { optionsOf } from "./options";

/** What a person chose a value by, if that is known: "#orders" for a channel's id. */
export type LabelOf = (loader: string, value: string) => string | undefined;

/** The card's second line: the first of the type's templates that the parameters fill, or what the type does. */
export function cardSummary(
  type: NodeType | undefined,
  node: Pick<GraphNode, "type" | "params">,
  labelOf: LabelOf = () => undefined,
): string {
  if (type === undefined) return `Unknown type ${node.type}`;
  const params = withLabels(type, node.params, labelOf);
  const filled = (type.summary ?? "")
    .split("|")
    .map((template) => fill(template, type, params))
    .find((text) => text !== "");
  return filled ?? firstSentence(type.description);
}

/** The parameters as people know them. */
function withLabels(
  type: NodeType,
  params: GraphNode["params"],
  labelOf: LabelOf,
): GraphNode["params"] {
  const root = type.params_schema as FieldSchema;
  const entries = Object.entries(params).map(([name, value]): [string, JsonValue] => {
    const property = root.properties?.[name];
    const hint = property === undefined ? null : optionsOf(resolve(property, root), root);
    if (hint === null) return [name, value];
    const said = (one: JsonValue) =>
      typeof one === "string" ? (labelOf(hint.loader, one) ?? one) : one;
    return [name, Array.isArray(value) ? value.map(said) : said(value)];
  });
  return Object.fromEntries(entries);
}

function fill(template: string, type: NodeType, params: GraphNode["params"]): string {
  const properties = (type.params_schema.properties ?? {}) as Record<
    string,
    { default?: JsonValue }
  >;
  let missing = false;
  const text = template.replace(/\{([\w.]+)\}/g, (_, path: string) => {
    const name = path.split(".")[0] ?? "";
    const value = valueAt(params, path) ?? (path === name ? properties[name]?.default : undefined);
    const words = said(value, params);
    if (words === "") missing = true;
    return words;
  });
  return missing ? "" : text.replace(/\s+/g, " ").trim();
}

function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  return path
    .split(".")
    .reduce<JsonValue | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), value);
}

function said(value: JsonValue | undefined, params: GraphNode["params"]): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return spoken(value);
  if (Array.isArray(value)) return saidList(value, params);
  if (isJsonObject(value)) return Object.keys(value).join(", ");
  return String(value);
}

function saidList(list: JsonValue[], params: GraphNode["params"]): string {
  const rows = list.filter(isJsonObject);
  if (rows.length > 0 && rows.every((row) => "operator" in row))
    return describeConditions(readConditions(list), params.combine);
  return list
    .map((entry) => (isJsonObject(entry) ? nameOf(entry) : String(entry)))
    .filter(Boolean)
    .join(", ");
}

function nameOf(entry: { [key: string]: JsonValue }): string {
  const name = entry.name ?? entry.field ?? entry.key ?? entry.path;
  return typeof name === "string" ? name : "";
}

function firstSentence(description: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(description)?.[0].replace(/\.$/, "") ?? description;
}
