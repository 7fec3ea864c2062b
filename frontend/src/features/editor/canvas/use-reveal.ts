import { useReactFlow } from "@xyflow/react";
import { useCallback } from "react";
import { motion } from "@/shared/lib/motion";

const MARGIN = 24;

/** Moves the canvas just as far as it takes to see a whole node; not at all if it is in view. */
export function useReveal(): (nodeId: string) => void {
  const { fitView, getViewport, getZoom, setViewport } = useReactFlow();
  return useCallback(
    (nodeId) => {
      // Once panels that open with the selection have taken their place.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const node = document.querySelector(`.react-flow__node[data-id="${CSS.escape(nodeId)}"]`);
          const canvas = node?.closest(".react-flow");
          if (!node || !canvas) {
            // Far out of view nodes of a big workflow are not drawn at all.
            void fitView({ nodes: [{ id: nodeId }], maxZoom: getZoom(), duration: motion(200) });
            return;
          }
          const box = node.getBoundingClientRect();
          const frame = canvas.getBoundingClientRect();
          const dx = shift(box.left, box.right, frame.left, frame.right);
          const dy = shift(box.top, box.bottom, frame.top, frame.bottom);
          if (dx === 0 && dy === 0) return;
          const { x, y, zoom } = getViewport();
          void setViewport({ x: x + dx, y: y + dy, zoom }, { duration: motion(200) });
        }),
      );
    },
    [fitView, getViewport, getZoom, setViewport],
  );
}

function shift(from: number, to: number, low: number, high: number): number {
  if (from < low + MARGIN) return low + MARGIN - from;
  return to > high - MARGIN ? high - MARGIN - to : 0;
}
