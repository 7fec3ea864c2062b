import { useEffect } from "react";
import { isElsewhere, keyOf } from "../canvas/use-shortcuts";

interface Actions {
  run: (() => void) | null;
  publish: (() => void) | null;
}

/** Ctrl+Enter runs, also while a field has the focus; Shift+P publishes. */
export function useTopBarKeys({ run, publish }: Actions): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = keyOf(event);
      const inDialog =
        event.target instanceof Element && event.target.closest("[role=dialog]") !== null;
      const action =
        key === "ctrl+enter" && !inDialog
          ? run
          : key === "shift+p" && !isElsewhere(event)
            ? publish
            : null;
      if (action === null) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [run, publish]);
}
