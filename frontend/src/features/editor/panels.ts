import { create } from "zustand";
import type { Position } from "./model/graph";
import { type ChosenRounds, NO_CHOICE } from "./model/rounds";

/** Where a node chosen in the palette will go. */
export type PaletteTarget =
  | { kind: "anywhere" }
  | { kind: "inside"; container: string }
  | { kind: "after"; source: string; port: string; position: Position }
  | { kind: "edge"; edgeId: string };

/** Which panels are open, and on what: nothing here outlives the page. */
interface Panels {
  readonly palette: PaletteTarget | null;
  readonly inspectorTab: "parameters" | "settings" | "note";
  /** The field to bring into view and focus, once the inspector shows its node. */
  readonly field: string | null;
  readonly dataOpen: boolean;
  readonly dataTab: "input" | "output" | "log" | "problems";
  /** The loose end of a wire being drawn. */
  readonly wiring: { nodeId: string; handleId: string; type: "source" | "target" } | null;
  /** The rounds of containers that were chosen to be looked at, in one run. */
  readonly rounds: { runId: string | null; chosen: ChosenRounds };
  /** The container that a dragged node would drop into. */
  readonly dropInto: string | null;
  /** The note whose text is being written. */
  readonly writing: string | null;
  setDropInto: (dropInto: string | null) => void;
  write: (noteId: string | null) => void;
  chooseRound: (runId: string, container: string, index: number | null) => void;
  setWiring: (wiring: Panels["wiring"]) => void;
  openPalette: (target: PaletteTarget) => void;
  closePalette: () => void;
  showTab: (tab: Panels["inspectorTab"]) => void;
  showField: (field: string | null) => void;
  showData: (tab: Panels["dataTab"]) => void;
  toggleData: () => void;
}

export const usePanels = create<Panels>((set) => ({
  palette: null,
  inspectorTab: "parameters",
  field: null,
  dataOpen: false,
  dataTab: "output",
  wiring: null,
  rounds: { runId: null, chosen: NO_CHOICE },
  dropInto: null,
  writing: null,
  setDropInto: (dropInto) => set({ dropInto }),
  write: (writing) => set({ writing }),
  chooseRound: (runId, container, index) =>
    set(({ rounds }) => {
      const { [container]: _, ...others } = rounds.runId === runId ? rounds.chosen : NO_CHOICE;
      return {
        rounds: { runId, chosen: index === null ? others : { ...others, [container]: index } },
      };
    }),
  setWiring: (wiring) => set({ wiring }),
  openPalette: (palette) => set({ palette }),
  closePalette: () => set({ palette: null }),
  showTab: (inspectorTab) => set({ inspectorTab }),
  showField: (field) =>
    set({ field, inspectorTab: field?.startsWith("settings") ? "settings" : "parameters" }),
  showData: (dataTab) => set({ dataTab, dataOpen: true }),
  toggleData: () => set((state) => ({ dataOpen: !state.dataOpen })),
}));
