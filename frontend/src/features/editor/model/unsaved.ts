import { type Graph, readGraph } from "./graph";

/** Edits that no server has yet, kept in the browser so that a crash loses nothing. */
interface Unsaved {
  readonly revision: number;
  readonly graph: Graph;
}

const keyOf = (workflowId: string) => `nodeloom:unsaved:${workflowId}`;

export function keepUnsaved(storage: Storage, workflowId: string, unsaved: Unsaved): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(unsaved));
  } catch {
    // A full or forbidden storage only takes away the safety net; saving goes on.
  }
}

export function dropUnsaved(storage: Storage, workflowId: string): void {
  storage.removeItem(keyOf(workflowId));
}

export function findUnsaved(storage: Storage, workflowId: string): Unsaved | null {
  const text = storage.getItem(keyOf(workflowId));
  if (text === null) return null;
  try {
    const { revision, graph } = JSON.parse(text) as { revision: number; graph: unknown };
    return { revision, graph: readGraph(graph) };
  } catch {
    return null;
  }
}
