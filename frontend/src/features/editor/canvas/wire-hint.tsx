import { useConnection } from "@xyflow/react";
import { connectRefusal, REFUSAL_TEXT, type Wire } from "../model/connect";
import { useEditor } from "../store";
import styles from "./canvas.module.css";

/** While a wire hovers over a port that refuses it: why. */
export function WireHint() {
  const reason = useConnection((connection) => {
    const { fromHandle, toHandle } = connection;
    if (!connection.inProgress || !fromHandle || !toHandle) return null;
    const [source, target] =
      fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
    if (source.type === target.type) return "Connect an output to an input";
    const wire: Wire = {
      source: source.nodeId,
      port: source.id ?? "out",
      target: target.nodeId,
      input: target.id ?? "in",
    };
    const { graph, types } = useEditor.getState();
    const refusal = connectRefusal(graph, types, wire);
    return refusal === null ? null : REFUSAL_TEXT[refusal];
  });
  const place = useConnection((connection) => (connection.inProgress ? connection.pointer : null));
  if (reason === null || place === null) return null;
  return (
    <p className={styles.hint} role="status" style={{ left: place.x, top: place.y }}>
      {reason}
    </p>
  );
}
