import { Copy, ToggleLeft, Trash2 } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { duplicate, removeSelection, toggleSelection } from "../canvas/commands";
import { useSession } from "../run/session";
import { selectedNodeIds, useEditor } from "../store";
import styles from "./inspector.module.css";

/** In place of a form: what can be done with several nodes at once. */
export function SeveralSelected() {
  const { editing } = useSession();
  const count = useEditor((state) => selectedNodeIds(state.graph, state.selection).length);
  const selection = useEditor((state) => state.selection);
  return (
    <aside className={styles.inspector} aria-label="Inspector">
      <div className={styles.several}>
        <h2>{count} nodes selected</h2>
        {editing ? (
          <div className={styles.row}>
            <Button icon={<Copy aria-hidden />} onClick={() => duplicate(selection)}>
              Duplicate
            </Button>
            <Button icon={<ToggleLeft aria-hidden />} onClick={toggleSelection}>
              On or off
            </Button>
            <Button variant="danger" icon={<Trash2 aria-hidden />} onClick={removeSelection}>
              Delete
            </Button>
          </div>
        ) : null}
      </div>
    </aside>
  );
}
