import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo, useState } from "react";
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import type { ThreadEdge } from "../model/flow";
import { itemsOnPort, nodeStates } from "../model/run-view";
import { usePanels } from "../panels";
import { useSession } from "../run/session";
import { useShownRun } from "../run/shown-run";
import styles from "./thread.module.css";

/** An edge: an even thread with the number of items that went along it, and a place to put a node in. */
export const Thread = memo(function Thread(props: EdgeProps<ThreadEdge>) {
  const { id, selected = false } = props;
  const { editing } = useSession();
  const openPalette = usePanels((state) => state.openPalette);
  const { items, live } = useTraffic(props);
  const [hovered, setHovered] = useState(false);
  const [path, x, y] = getBezierPath({ ...props, curvature: 0.3 });
  const hover = { onMouseEnter: () => setHovered(true), onMouseLeave: () => setHovered(false) };
  const showAdd = editing && (hovered || selected);
  return (
    <>
      <g
        {...hover}
        className={cx(
          styles.thread,
          items !== null && styles.done,
          live && styles.live,
          selected && styles.selected,
        )}
      >
        <BaseEdge id={id} path={path} interactionWidth={24} />
        {live ? <path d={path} className={styles.dashes} /> : null}
      </g>
      <EdgeLabelRenderer>
        <div
          {...hover}
          className={`${styles.label} nodrag nopan`}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          {items === null || showAdd ? null : (
            <span className={styles.count} data-live={live}>
              {count(items)}
            </span>
          )}
          {showAdd ? (
            <button
              type="button"
              className={styles.add}
              aria-label="Insert a node here"
              onClick={() => openPalette({ kind: "edge", edgeId: id })}
            >
              <Plus aria-hidden />
            </button>
          ) : null}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});

function useTraffic({ source, target, sourceHandleId }: EdgeProps<ThreadEdge>) {
  const traffic = useShownRun((run) => {
    const states = nodeStates(run);
    const items = itemsOnPort(states.get(source), sourceHandleId ?? "out");
    const arriving = states.get(target)?.status;
    return { items, live: items !== null && (arriving === "running" || arriving === "queued") };
  });
  return traffic ?? { items: null, live: false };
}
