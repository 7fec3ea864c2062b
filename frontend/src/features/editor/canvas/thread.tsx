import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
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

const LABEL_WIDTH = 72;

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
      {items !== null || showAdd ? (
        // Not React Flow's layer for labels: each label in it searches the whole page after every edit.
        <foreignObject x={x - LABEL_WIDTH / 2} y={y - 12} width={LABEL_WIDTH} height={24}>
          <div className={`${styles.label} nodrag nopan`}>
            {showAdd ? (
              <button
                type="button"
                className={styles.add}
                aria-label="Insert a node here"
                onClick={() => openPalette({ kind: "edge", edgeId: id })}
              >
                <Plus aria-hidden />
              </button>
            ) : (
              <span className={styles.count} data-live={live}>
                {count(items ?? 0)}
              </span>
            )}
          </div>
        </foreignObject>
      ) : null}
    </g>
  );
});

function useTraffic({ source, target, sourceHandleId }: EdgeProps<ThreadEdge>) {
  const traffic = useShownRun((run, chosen) => {
    const states = nodeStates(run, chosen);
    const items = itemsOnPort(states.get(source), sourceHandleId ?? "out");
    const arriving = states.get(target)?.status;
    return { items, live: items !== null && (arriving === "running" || arriving === "queued") };
  });
  return traffic ?? { items: null, live: false };
}
