import { Copy, Maximize2, ToggleLeft, ToggleRight, Trash2 } from "lucide-react";
import { IconButton } from "@/shared/ui/icon-button";
import { setDisabled } from "../model/edits";
import type { GraphNode } from "../model/graph";
import { usePanels } from "../panels";
import { useEditor } from "../store";
import { duplicate, remove } from "./commands";
import styles from "./node-card.module.css";

/** The small toolbar above a card that is pointed at or selected. */
export function NodeTools({ node }: { node: GraphNode }) {
  const edit = useEditor((state) => state.edit);
  const select = useEditor((state) => state.select);
  const showData = usePanels((state) => state.showData);
  const ids = new Set([node.id]);
  return (
    <div className={`${styles.tools} nodrag nopan`}>
      <div className={styles.toolRow} role="toolbar" aria-label={`Tools of ${node.title}`}>
        <IconButton
          size="small"
          tooltipSide="top"
          label="Open"
          shortcut="Enter"
          icon={<Maximize2 aria-hidden />}
          onClick={() => {
            select([node.id]);
            showData("output");
          }}
        />
        <IconButton
          size="small"
          tooltipSide="top"
          label={node.disabled ? "Turn on" : "Turn off"}
          shortcut="D"
          icon={node.disabled ? <ToggleLeft aria-hidden /> : <ToggleRight aria-hidden />}
          onClick={() => edit(setDisabled(ids, !node.disabled))}
        />
        <IconButton
          size="small"
          tooltipSide="top"
          label="Duplicate"
          shortcut="Ctrl+D"
          icon={<Copy aria-hidden />}
          onClick={() => duplicate(ids)}
        />
        <IconButton
          size="small"
          tooltipSide="top"
          label="Delete"
          shortcut="Del"
          icon={<Trash2 aria-hidden />}
          onClick={() => remove(ids)}
        />
      </div>
    </div>
  );
}
