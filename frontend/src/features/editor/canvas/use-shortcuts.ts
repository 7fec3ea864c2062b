import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { usePanels } from "../panels";
import { useSession } from "../run/session";
import { selectedNodeIds, useEditor } from "../store";
import { duplicate, removeSelection, selectAll, toggleSelection } from "./commands";
import { useStick } from "./use-stick";

/** The keys of the canvas. Typing in a field, a menu or a dialog is left alone. */
export function useShortcuts(): void {
  const { editing } = useSession();
  const { fitView, zoomIn, zoomOut, zoomTo } = useReactFlow();
  const stick = useStick();
  useEffect(() => {
    const views: Record<string, () => void> = {
      "+": () => void zoomIn(),
      "=": () => void zoomIn(),
      "-": () => void zoomOut(),
      "0": () => void zoomTo(1),
      "1": () => void fitView({ padding: 0.15, maxZoom: 1 }),
      escape: closeOrDeselect,
      enter: openSelected,
      "ctrl+a": selectAll,
    };
    const keys = editing ? { ...views, ...EDITS, "shift+s": stick } : views;
    const onKeyDown = (event: KeyboardEvent) => {
      if (isElsewhere(event)) return;
      const action = keys[keyOf(event)];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [editing, fitView, zoomIn, zoomOut, zoomTo, stick]);
}

const EDITS: Record<string, () => void> = {
  n: () => usePanels.getState().openPalette({ kind: "anywhere" }),
  d: toggleSelection,
  delete: removeSelection,
  backspace: removeSelection,
  f2: () => {
    usePanels.getState().showField("title");
  },
  "ctrl+z": () => useEditor.getState().undo(),
  "ctrl+shift+z": () => useEditor.getState().redo(),
  "ctrl+y": () => useEditor.getState().redo(),
  "ctrl+d": () => {
    const { graph, selection } = useEditor.getState();
    duplicate(new Set(selectedNodeIds(graph, selection)));
  },
};

function closeOrDeselect(): void {
  const { palette, closePalette } = usePanels.getState();
  if (palette === null) useEditor.getState().select([]);
  else closePalette();
}

function openSelected(): void {
  const { graph, selection } = useEditor.getState();
  const [only] = selection;
  const { showData, write } = usePanels.getState();
  if (selectedNodeIds(graph, selection).length === 1) showData("output");
  else if (selection.size === 1 && graph.notes.some((note) => note.id === only))
    write(only ?? null);
}

export function keyOf(event: KeyboardEvent): string {
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  const shift = event.shiftKey && /^[a-z]$/i.test(event.key) ? "shift+" : "";
  return `${control}${shift}${event.key.toLowerCase()}`;
}

/** Whether the event belongs to something else: a field, a list, a dialog, a button that Enter presses. */
export function isElsewhere(event: Event): boolean {
  if (event.defaultPrevented || !(event.target instanceof HTMLElement))
    return event.defaultPrevented;
  if (
    event.target.closest(
      "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]",
    )
  ) {
    return true;
  }
  return (
    event instanceof KeyboardEvent &&
    event.key === "Enter" &&
    event.target.closest("button, a") !== null
  );
}
