import { randomWord } from "./fresh";
import type { Change, GraphNote, Position } from "./graph";

export const NOTE_COLORS = ["yellow", "blue", "green", "pink"] as const;
export const LEAST_NOTE = { width: 120, height: 56 };

export function newNote(position: Position): GraphNote {
  return {
    id: `note_${randomWord(6)}`,
    text: "",
    position,
    size: { width: 240, height: 88 },
    color: "yellow",
  };
}

export function addNote(note: GraphNote): Change {
  return (graph) => ({ ...graph, notes: [...graph.notes, note] });
}

export function changeNote(id: string, part: Partial<Omit<GraphNote, "id">>): Change {
  return (graph) => ({
    ...graph,
    notes: graph.notes.map((note) => (note.id === id ? { ...note, ...part } : note)),
  });
}
