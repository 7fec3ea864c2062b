import { useReactFlow, useStore } from "@xyflow/react";
import { Maximize, Minus, Plus, StickyNote, WandSparkles } from "lucide-react";
import { motion } from "@/shared/lib/motion";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { toastProblem } from "@/shared/ui/toast";
import { usePanels } from "../panels";
import { useSession } from "../run/session";
import styles from "./canvas.module.css";
import { tidy } from "./commands";
import { useStick } from "./use-stick";

/** The bar in the lower left corner: add, zoom, fit, tidy up. */
export function CanvasBar() {
  const { editing } = useSession();
  const openPalette = usePanels((state) => state.openPalette);
  const { fitView, zoomIn, zoomOut, zoomTo } = useReactFlow();
  const stick = useStick();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  const showAll = () => fitView({ padding: 0.15, maxZoom: 1, duration: motion(200) });
  return (
    <div className={styles.bar} role="toolbar" aria-label="Canvas">
      {editing ? (
        <>
          <Button
            variant="quiet"
            size="small"
            icon={<Plus aria-hidden />}
            aria-label="Add node"
            onClick={() => openPalette({ kind: "anywhere" })}
          >
            Add node <kbd>N</kbd>
          </Button>
          <span className={styles.rule} />
        </>
      ) : null}
      <IconButton
        size="small"
        tooltipSide="top"
        label="Zoom out"
        shortcut="-"
        icon={<Minus aria-hidden />}
        onClick={() => void zoomOut()}
      />
      <button
        type="button"
        className={styles.zoom}
        aria-label={`Zoom ${percent} %, reset`}
        onClick={() => void zoomTo(1)}
      >
        {percent}%
      </button>
      <IconButton
        size="small"
        tooltipSide="top"
        label="Zoom in"
        shortcut="+"
        icon={<Plus aria-hidden />}
        onClick={() => void zoomIn()}
      />
      <IconButton
        size="small"
        tooltipSide="top"
        label="Fit to view"
        shortcut="1"
        icon={<Maximize aria-hidden />}
        onClick={() => void showAll()}
      />
      {editing ? (
        <>
          <span className={styles.rule} />
          <IconButton
            size="small"
            tooltipSide="top"
            label="Add a note"
            shortcut="Shift+S"
            icon={<StickyNote aria-hidden />}
            onClick={stick}
          />
          <IconButton
            size="small"
            tooltipSide="top"
            label="Tidy up"
            icon={<WandSparkles aria-hidden />}
            onClick={() => void tidy().then(showAll).catch(toastProblem)}
          />
        </>
      ) : null}
    </div>
  );
}
