import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";
import { useSession } from "../run/session";
import { copySelection, put, removeSelection } from "./commands";
import { isElsewhere } from "./use-shortcuts";

/** Copy, cut and paste by the browser's own events, so that they need no permission and reach other programs. */
export function useClipboard(canvas: RefObject<HTMLElement | null>): void {
  const { editing } = useSession();
  const { screenToFlowPosition } = useReactFlow();
  useEffect(() => {
    let pointer: { x: number; y: number } | null = null;
    const onMove = (event: PointerEvent) => {
      const inside = event.target instanceof Node && canvas.current?.contains(event.target);
      pointer = inside ? { x: event.clientX, y: event.clientY } : null;
    };
    const onCopy = (event: ClipboardEvent) => {
      const text = isElsewhere(event) || hasTextSelected() ? "" : copySelection();
      if (text === "") return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut" && editing) removeSelection();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isElsewhere(event) || !editing) return;
      const at = pointer === null ? null : screenToFlowPosition(pointer);
      if (put(event.clipboardData?.getData("text/plain") ?? "", at)) event.preventDefault();
    };
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("pointermove", onMove, { signal });
    document.addEventListener("copy", onCopy, { signal });
    document.addEventListener("cut", onCopy, { signal });
    document.addEventListener("paste", onPaste, { signal });
    return () => listening.abort();
  }, [canvas, editing, screenToFlowPosition]);
}

function hasTextSelected(): boolean {
  return (getSelection()?.toString() ?? "") !== "";
}
