import { type RefObject, useEffect, useRef } from "react";
import { usePanels } from "../panels";

/** Brings the field that somebody asked for into view and puts the caret there. */
export function useFocusField(): RefObject<HTMLElement | null> {
  const panel = useRef<HTMLElement>(null);
  const field = usePanels((state) => state.field);
  const showField = usePanels((state) => state.showField);
  useEffect(() => {
    if (field === null) return;
    const box = nearest(panel.current, field);
    box?.scrollIntoView({ block: "center" });
    box?.querySelector<HTMLElement>("input, textarea, [role=combobox], [role=switch]")?.focus();
    showField(null);
  }, [field, showField]);
  return panel;
}

/** The box of the field, or of the closest one around it: `fields[0].value`, `fields[0]`, `fields`. */
function nearest(panel: HTMLElement | null, field: string): Element | null {
  for (let path = field; path !== ""; path = path.replace(/(\.[^.[]+|\[\d+\]|^[^.[]+)$/, "")) {
    const box = panel?.querySelector(`[data-field="${CSS.escape(path)}"]`);
    if (box) return box;
  }
  return null;
}
