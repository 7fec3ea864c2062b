import type { GraphNode, JsonValue, NodeType } from "@/shared/api/types";

/** The output ports of a node: fixed ones, or those that its parameters make. */
export function outputPorts(node: GraphNode, type: NodeType | undefined): string[] {
  const ports = type ? ownPorts(node, type.outputs) : ["out"];
  return node.settings?.on_error === "port" ? [...ports, "error"] : ports;
}

function ownPorts(node: GraphNode, outputs: NodeType["outputs"]): string[] {
  if (Array.isArray(outputs)) return outputs;
  const [list = "", field = ""] = outputs.from.split("[].");
  const entries = node.params[list];
  const names = Array.isArray(entries) ? entries.map((entry) => text(entry, field)) : [];
  return [...names.filter((name) => name !== ""), ...outputs.plus];
}

function text(entry: JsonValue, field: string): string {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return "";
  const value = entry[field];
  return typeof value === "string" ? value : "";
}
