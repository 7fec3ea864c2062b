import { type PointerEvent, useState } from "react";

const SMALLEST = 120;

/** The height of the panel, changed by dragging its upper edge or with the arrow keys on it. */
export function useHeight() {
  const [height, setHeight] = useState(248);
  const limited = (wanted: number) =>
    Math.max(SMALLEST, Math.min(wanted, window.innerHeight - 240));
  const grip = {
    role: "separator",
    "aria-orientation": "horizontal" as const,
    "aria-label": "Height of the data panel",
    "aria-valuenow": height,
    tabIndex: 0,
    onPointerDown: (event: PointerEvent<HTMLElement>) =>
      event.currentTarget.setPointerCapture(event.pointerId),
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      setHeight((now) => limited(now - event.movementY));
    },
    onKeyDown: (event: { key: string; preventDefault: () => void }) => {
      const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      setHeight((now) => limited(now + step));
    },
  };
  return { height, grip };
}
