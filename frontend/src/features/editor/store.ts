import { create } from "zustand";
import { settled } from "./model/frames";
import { type Change, EMPTY_GRAPH, type Graph } from "./model/graph";
import { begin, type History, record, redo, undo } from "./model/history";
import type { NodeTypes } from "./model/node-type";

interface EditorState {
  readonly history: History;
  /** The draft with its steps, while something else is looked at. */
  readonly kept: History | null;
  readonly graph: Graph;
  readonly types: NodeTypes;
  /** Ids of the chosen nodes and edges. */
  readonly selection: ReadonlySet<string>;
  /** The only way the graph changes. Edits with the same key, in quick succession, are one step of undo. */
  edit: (change: Change, options?: { key?: string; select?: readonly string[] }) => void;
  undo: () => void;
  redo: () => void;
  select: (ids: readonly string[]) => void;
  /** Starts over with a graph from elsewhere: another workflow, a restored version, somebody else's edits. What is
   * there as before stays selected. */
  load: (graph: Graph, types: NodeTypes) => void;
  /** Shows another graph in the draft's place until `comeBack`. */
  lookAt: (graph: Graph) => void;
  comeBack: () => void;
}

export const useEditor = create<EditorState>((set) => ({
  history: begin(EMPTY_GRAPH),
  kept: null,
  graph: EMPTY_GRAPH,
  types: new Map(),
  selection: new Set<string>(),
  edit: (change, options = {}) =>
    set((state) => {
      const step = { at: Date.now(), ...(options.key === undefined ? {} : { key: options.key }) };
      const history = record(state.history, change(state.graph), step);
      const selection = options.select === undefined ? state.selection : new Set(options.select);
      return { history, graph: history.present, selection: present(history.present, selection) };
    }),
  undo: () => set((state) => at(state, undo(state.history))),
  redo: () => set((state) => at(state, redo(state.history))),
  select: (ids) => set({ selection: new Set(ids) }),
  load: (stored, types) =>
    set((state) => {
      const history = begin(settled(stored));
      return state.kept === null ? { ...at(state, history), types } : { kept: history, types };
    }),
  lookAt: (stored) =>
    set((state) => ({ ...at(state, begin(settled(stored))), kept: state.kept ?? state.history })),
  comeBack: () =>
    set((state) => (state.kept === null ? {} : { ...at(state, state.kept), kept: null })),
}));

function at(state: EditorState, history: History): Partial<EditorState> {
  return { history, graph: history.present, selection: present(history.present, state.selection) };
}

/** A selection without what is no longer there; the same set if all of it is. */
function present(graph: Graph, selection: ReadonlySet<string>): ReadonlySet<string> {
  const there = new Set([...graph.nodes, ...graph.edges, ...graph.notes].map((thing) => thing.id));
  const kept = [...selection].filter((id) => there.has(id));
  return kept.length === selection.size ? selection : new Set(kept);
}

/** The one selected node, if it is exactly one. */
export function useSelectedNodeId(): string | null {
  return useEditor((state) => selectedNodeId(state.graph, state.selection));
}

export function selectedNodeId(graph: Graph, selection: ReadonlySet<string>): string | null {
  const [id] = selection;
  if (id === undefined || selection.size !== 1) return null;
  return graph.nodes.some((node) => node.id === id) ? id : null;
}

export function selectedNodeIds(graph: Graph, selection: ReadonlySet<string>): string[] {
  return graph.nodes.filter((node) => selection.has(node.id)).map((node) => node.id);
}
