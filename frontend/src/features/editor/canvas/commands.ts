import { copy, freshen, homeOf, paste, readClip } from "../model/clipboard";
import { disconnect } from "../model/connect";
import { moveNodes, removeNodes, setDisabled } from "../model/edits";
import { containerAt } from "../model/frames";
import type { Position } from "../model/graph";
import { tidyUp } from "../model/layout";
import { addNote, newNote } from "../model/notes";
import { usePanels } from "../panels";
import { selectedNodeIds, useEditor } from "../store";

/** What keys, menus and toolbars do with the selection; each is one edit. */
export function remove(ids: ReadonlySet<string>): void {
  const { edit, types } = useEditor.getState();
  edit((graph) => removeNodes(ids, types)(disconnect(ids)(graph)));
}

export function removeSelection(): void {
  const { selection } = useEditor.getState();
  if (selection.size > 0) remove(selection);
}

export function duplicate(ids: ReadonlySet<string>): void {
  const { graph } = useEditor.getState();
  put(JSON.stringify(copy(graph, ids)), null);
}

/** The selection as text for the clipboard; empty when no node is selected. */
export function copySelection(): string {
  const { graph, selection } = useEditor.getState();
  const clip = copy(graph, selection);
  return clip.nodes.length === 0 ? "" : JSON.stringify(clip, null, 2);
}

/** Adds what a text holds, if it holds nodes: into the frame at the point, or where its nodes came from. */
export function put(text: string, at: Position | null): boolean {
  const clip = readClip(text);
  if (clip === null) return false;
  const { graph, types, edit } = useEditor.getState();
  const into = at === null ? homeOf(graph, clip) : containerAt(graph, types, at);
  const fresh = freshen(graph, clip, at, into);
  edit(paste(fresh), { select: fresh.nodes.map((node) => node.id) });
  return true;
}

export function toggleSelection(): void {
  const { graph, selection, edit } = useEditor.getState();
  const ids = selectedNodeIds(graph, selection);
  if (ids.length === 0) return;
  const anyOn = graph.nodes.some((node) => ids.includes(node.id) && !node.disabled);
  edit(setDisabled(new Set(ids), anyOn));
}

export function selectAll(): void {
  const { graph, select } = useEditor.getState();
  select([...graph.nodes, ...graph.edges, ...graph.notes].map((thing) => thing.id));
}

/** Puts an empty note on the canvas and begins to write it. */
export function addStickyNote(at: Position): void {
  const note = newNote(at);
  useEditor.getState().edit(addNote(note), { select: [note.id] });
  usePanels.getState().write(note.id);
}

/** Lays out the selected nodes if there are several, else all. */
export async function tidy(): Promise<void> {
  const { graph, types, selection, edit } = useEditor.getState();
  const chosen = selectedNodeIds(graph, selection);
  const places = await tidyUp(graph, types, new Set(chosen.length > 1 ? chosen : []));
  edit(moveNodes(places));
}
