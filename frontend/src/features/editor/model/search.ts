import type { NodeType } from "./node-type";

/** The types that match what was typed, best first; everything, in catalog order, when nothing was. */
export function searchTypes(types: readonly NodeType[], typed: string): NodeType[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...types];
  return types
    .map((type, order) => ({ type, order, score: totalScore(type, words) }))
    .filter((entry) => entry.score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .map((entry) => entry.type);
}

/** Every word has to be found somewhere. */
function totalScore(type: NodeType, words: string[]): number {
  const scores = words.map((word) => wordScore(type, word));
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0);
}

function wordScore(type: NodeType, word: string): number {
  const title = type.title.toLowerCase();
  if (title === word) return 100;
  if (type.type.split(".").at(-1) === word) return 95;
  if (title.startsWith(word)) return 90;
  if (hasWordStart(title, word)) return 70;
  const aliases = (type.aliases ?? []).map((alias) => alias.toLowerCase());
  if (aliases.includes(word)) return 65;
  if (aliases.some((alias) => hasWordStart(alias, word))) return 55;
  if (isOfConnector(type.group) && hasWordStart(type.group, word)) return 60;
  if (hasWordStart(type.type.toLowerCase(), word)) return 50;
  if (title.includes(word)) return 40;
  if (hasWordStart(type.description.toLowerCase(), word)) return 20;
  return word.length > 2 && isSubsequence(word, title) ? 10 : 0;
}

function hasWordStart(text: string, word: string): boolean {
  return text.split(/[\s._/-]+/).some((part) => part.startsWith(word));
}

function isSubsequence(word: string, text: string): boolean {
  let from = 0;
  for (const letter of word) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

const GROUP_TITLES: Record<string, string> = {
  trigger: "Start",
  flow: "Flow",
  data: "Data",
  http: "Web",
  human: "People",
  code: "Code",
  ai: "AI",
};

export interface TypeGroup {
  readonly name: string;
  readonly title: string;
  readonly types: NodeType[];
}

/** The built-in groups in their order; those of connectors after, by name, their triggers first. */
export function groupTypes(types: readonly NodeType[]): TypeGroup[] {
  const groups = new Map<string, NodeType[]>();
  for (const type of types) groups.set(type.group, [...(groups.get(type.group) ?? []), type]);
  const order = Object.keys(GROUP_TITLES);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...groups]
    .map(([name, members]) => ({
      name,
      title: GROUP_TITLES[name] ?? capitalised(name),
      types: [
        ...members.filter((type) => type.trigger),
        ...members.filter((type) => !type.trigger),
      ],
    }))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.title.localeCompare(b.title));
}

/** Whether a group holds what a connector brings: it has a name of its own. */
export function isOfConnector(group: string): boolean {
  return !(group in GROUP_TITLES);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
