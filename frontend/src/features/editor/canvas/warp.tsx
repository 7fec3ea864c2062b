import { useStore } from "@xyflow/react";
import styles from "./canvas.module.css";

const PITCH = 24;

/** The faint vertical ticks of the canvas; they move and grow with it, and thin out when it is small. */
export function Warp() {
  const x = useStore((state) => state.transform[0]);
  const y = useStore((state) => state.transform[1]);
  const zoom = useStore((state) => state.transform[2]);
  const pitch = PITCH * zoom * (zoom < 0.5 ? 2 : 1);
  const tick = Math.min(6, 5 * zoom);
  return (
    <svg className={styles.warp} aria-hidden>
      <pattern
        id="warp"
        x={x % pitch}
        y={y % pitch}
        width={pitch}
        height={pitch}
        patternUnits="userSpaceOnUse"
      >
        <path d={`M${pitch / 2} ${(pitch - tick) / 2}v${tick}`} />
      </pattern>
      <rect width="100%" height="100%" fill="url(#warp)" />
    </svg>
  );
}
