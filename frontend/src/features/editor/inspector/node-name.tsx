import { useState } from "react";
import { rename } from "../model/edits";
import type { GraphNode } from "../model/graph";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import styles from "./inspector.module.css";

/** The title, renamed in place. It counts when the field is left, since every keystroke would rewrite all expressions. */
export function NodeName({ node }: { node: GraphNode }) {
  const { editing } = useSession();
  const edit = useEditor((state) => state.edit);
  const [typed, setTyped] = useState<string | null>(null);
  const finish = () => {
    if (typed !== null) edit(rename(node.id, typed));
    setTyped(null);
  };
  return (
    <h2 data-field="title">
      <input
        className={styles.name}
        aria-label="Name of the node"
        value={typed ?? node.title}
        readOnly={!editing}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(null);
        }}
      />
    </h2>
  );
}
