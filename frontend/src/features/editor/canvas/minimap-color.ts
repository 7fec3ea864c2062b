import type { CardNode } from "../model/flow";

export function minimapColor(node: CardNode): string {
  return node.selected ? "var(--accent)" : "var(--line-strong)";
}
