import type { Effect, NodeType } from "@/shared/api/types";
import { type Graph, type GraphNode, isJsonObject, type JsonValue } from "./graph";

export type { NodeType };

export type NodeTypes = ReadonlyMap<string, NodeType>;

export function isTrigger(type: NodeType | undefined): boolean {
  return type?.trigger ?? false;
}

/** The ports items leave by, with `error` last when the node sends its failures there. */
export function outputPorts(
  type: NodeType | undefined,
  node: Pick<GraphNode, "params" | "settings">,
): string[] {
  const ports = type === undefined ? ["out"] : declaredOutputs(type.outputs, node.params);
  return node.settings.on_error === "port" ? [...ports, "error"] : ports;
}

function declaredOutputs(outputs: NodeType["outputs"], params: JsonValue): string[] {
  if (Array.isArray(outputs)) return outputs;
  const names = valuesAt(params, outputs.from.split(".")).filter(
    (name): name is string => typeof name === "string" && name !== "",
  );
  return [...new Set([...names, ...(outputs.plus ?? [])])];
}

/** Port names as parameters give them, in their places: also empty ones and doubles, which are no ports yet. */
export function namedOutputs(type: NodeType | undefined, params: JsonValue): JsonValue[] {
  if (type === undefined || Array.isArray(type.outputs)) return [];
  return valuesAt(params, type.outputs.from.split("."));
}

/** Reads `cases[].name`: every value found when `[]` stands for each entry of a list. */
function valuesAt(value: JsonValue | undefined, path: string[]): JsonValue[] {
  const [head, ...rest] = path;
  if (value === undefined) return [];
  if (head === undefined) return [value];
  if (!isJsonObject(value)) return [];
  if (!head.endsWith("[]")) return valuesAt(value[head], rest);
  const list = value[head.slice(0, -2)];
  return Array.isArray(list) ? list.flatMap((entry) => valuesAt(entry, rest)) : [];
}

/** The inputs of a node; numbered ones always offer one more than is in use, and at least two. */
export function inputPorts(type: NodeType | undefined, nodeId: string, graph: Graph): string[] {
  if (type === undefined) return ["in"];
  if (type.inputs !== "numbered") return type.inputs;
  const used = graph.edges
    .filter((edge) => edge.target === nodeId)
    .map((edge) => numberOfInput(edge.input));
  const count = Math.max(2, ...used.map((number) => number + 1));
  return Array.from({ length: count }, (_, index) => `in${index + 1}`);
}

function numberOfInput(input: string): number {
  const match = /^in(\d+)$/.exec(input);
  return match ? Number(match[1]) : 0;
}

export function effectOf(type: NodeType | undefined, params: GraphNode["params"]): Effect {
  if (type === undefined) return "none";
  if (typeof type.effect === "string") return type.effect;
  const chosen = params[type.effect.by] ?? schemaDefault(type, type.effect.by);
  return type.effect.values[String(chosen)] ?? "once";
}

function schemaDefault(type: NodeType, param: string): unknown {
  const properties = type.params_schema.properties as
    | Record<string, { default?: unknown }>
    | undefined;
  return properties?.[param]?.default;
}

/** Whether asking what to do about an unknown outcome makes sense for this node. */
export function mayBeInDoubt(effect: Effect): boolean {
  return effect === "once" || effect === "destructive";
}
