import { useReactFlow } from "@xyflow/react";
import type { NodeType } from "../model/node-type";
import { addFromPalette } from "../palette/add-node";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import styles from "./canvas.module.css";
import { Tile } from "./tile";

const SHOWN = 3;

/** The first thing on an empty canvas: the ways a workflow can start. */
export function EmptyCanvas() {
  const { editing } = useSession();
  return editing ? <Starts /> : <NothingDrawn />;
}

function NothingDrawn() {
  return (
    <section className={styles.starts} aria-label="Start">
      <h2>Nothing is drawn here yet</h2>
      <p>A workflow is drawn on a large screen, by somebody with the role editor.</p>
    </section>
  );
}

function Starts() {
  const types = useEditor((state) => state.types);
  const { screenToFlowPosition } = useReactFlow();
  const starts = [...types.values()].filter((type) => type.trigger).slice(0, SHOWN);
  const add = (type: NodeType) => {
    const place = screenToFlowPosition({
      x: window.innerWidth * 0.25,
      y: window.innerHeight * 0.4,
    });
    addFromPalette(type, { kind: "anywhere" }, place);
  };
  return (
    <section className={styles.starts} aria-label="Start">
      <h2>How should this workflow start?</h2>
      <p>Choose a trigger. Every run begins with what it takes in.</p>
      <div className={styles.startCards}>
        {starts.map((type) => (
          <button
            key={type.type}
            type="button"
            className={styles.startCard}
            onClick={() => add(type)}
          >
            <Tile type={type} title={type.title} />
            <b>{type.title}</b>
            <span>{type.description}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
