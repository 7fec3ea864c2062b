import type { FlowNode } from "../model/flow";

export function minimapColor(node: FlowNode): string {
  if (node.selected) return "var(--accent)";
  if (node.type === "note") return "var(--note-yellow)";
  return node.type === "frame" ? "var(--pressed)" : "var(--line-strong)";
}
