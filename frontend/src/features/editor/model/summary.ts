import { describeConditions, readConditions } from "./conditions";
import { spoken } from "./expression";
import { type GraphNode, isJsonObject, type JsonValue } from "./graph";
import type { NodeType } from "./node-type";

/** The card's second line: the first of the type's templates that the parameters fill, or what the type does. */
export function cardSummary(
  type: NodeType | undefined,
  node: Pick<GraphNode, "type" | "params">,
): string {
  if (type === undefined) return `Unknown type ${node.type}`;
  const filled = (type.summary ?? "")
    .split("|")
    .map((template) => fill(template, type, node.params))
    .find((text) => text !== "");
  return filled ?? firstSentence(type.description);
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
