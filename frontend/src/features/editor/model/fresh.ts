import type { Graph } from "./graph";

const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

export function randomWord(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** A node id that tells its type and is never used again, so that old runs keep pointing at the right node. */
export function freshNodeId(type: string): string {
  const word = type.split(".").at(-1) ?? "node";
  return `${word}_${randomWord(6)}`;
}

export function freshEdgeId(): string {
  return `e_${randomWord(8)}`;
}

/** `wanted`, or `wanted 2`, `wanted 3` …: titles are names in expressions and must be unique. */
export function freshTitle(taken: ReadonlySet<string>, wanted: string): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/ \d+$/, "");
  let number = 2;
  while (taken.has(`${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}

export function titlesOf(graph: Graph): Set<string> {
  return new Set(graph.nodes.map((node) => node.title));
}
