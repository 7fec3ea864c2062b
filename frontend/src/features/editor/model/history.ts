import type { Graph } from "./graph";

const LONGEST = 200;
const PAUSE_MS = 1000;

/** Undo and redo as lists of graphs. `key` and `at` say what the last step was, so that typing or moving on is the same step. */
export interface History {
  readonly past: readonly Graph[];
  readonly present: Graph;
  readonly future: readonly Graph[];
  readonly key: string | null;
  readonly at: number;
}

export function begin(graph: Graph): History {
  return { past: [], present: graph, future: [], key: null, at: 0 };
}

export function record(
  history: History,
  graph: Graph,
  step: { key?: string; at: number },
): History {
  if (graph === history.present) return history;
  const key = step.key ?? null;
  const goesOn =
    key !== null &&
    key === history.key &&
    step.at - history.at < PAUSE_MS &&
    history.past.length > 0;
  const past = goesOn ? history.past : [...history.past, history.present].slice(-LONGEST);
  return { past, present: graph, future: [], key, at: step.at };
}

export function undo(history: History): History {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    key: null,
    at: 0,
  };
}

export function redo(history: History): History {
  const [next, ...rest] = history.future;
  if (next === undefined) return history;
  return {
    past: [...history.past, history.present],
    present: next,
    future: rest,
    key: null,
    at: 0,
  };
}
