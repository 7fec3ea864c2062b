import type { Connector } from "@/shared/api/types";

type Findable = Pick<Connector, "name" | "title" | "description">;

/** Those in which every typed word begins a word; by title first. */
export function findConnectors<C extends Findable>(connectors: readonly C[], typed: string): C[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const inTitle = (connector: C) => hasAll(`${connector.title} ${connector.name}`, words);
  const found = connectors.filter((connector) =>
    hasAll(`${connector.title} ${connector.name} ${connector.description}`, words),
  );
  return [...found.filter(inTitle), ...found.filter((connector) => !inTitle(connector))];
}

function hasAll(text: string, words: readonly string[]): boolean {
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}
