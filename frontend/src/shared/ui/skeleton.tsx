import type { CSSProperties } from "react";
import styles from "./skeleton.module.css";

interface SkeletonProps {
  width?: CSSProperties["width"];
  height?: CSSProperties["height"];
}

/** A quiet block in the place of what is loading; shows after 200 ms. */
export function Skeleton({ width = "100%", height = 16 }: SkeletonProps) {
  return <span className={styles.block} style={{ width, height }} aria-hidden />;
}

export function SkeletonRows({ rows = 6, height = 56 }: { rows?: number; height?: number }) {
  return (
    <div className={styles.rows} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={row} className={styles.row} style={{ height }}>
          <Skeleton width={`${62 - ((row * 13) % 30)}%`} />
        </div>
      ))}
    </div>
  );
}
