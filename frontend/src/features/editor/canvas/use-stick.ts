import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback } from "react";
import { snapped } from "../model/geometry";
import { addStickyNote } from "./commands";

/** Puts a sticky note into the upper part of what is in view. */
export function useStick(): () => void {
  const { screenToFlowPosition } = useReactFlow();
  const store = useStoreApi();
  return useCallback(() => {
    const box = store.getState().domNode?.getBoundingClientRect();
    if (box === undefined) return;
    const point = { x: box.x + box.width * 0.4, y: box.y + box.height * 0.25 };
    addStickyNote(snapped(screenToFlowPosition(point)));
  }, [screenToFlowPosition, store]);
}
