import type { NodeProps } from "@xyflow/react";
import { Zap } from "lucide-react";
import { memo, useState } from "react";
import { type CardNode, cardId } from "../model/flow";
import { nodeHeight } from "../model/geometry";
import { isTrigger } from "../model/node-type";
import { nodeName } from "../model/run-view";
import { cardSummary } from "../model/summary";
import { useWithLabels } from "../run/option-labels";
import { useProblemCount } from "../run/problems";
import { useSession } from "../run/session";
import { useNodeState } from "../run/shown-run";
import { NodeBadges } from "./node-badges";
import styles from "./node-card.module.css";
import { NodeError } from "./node-error";
import { NodeFigures } from "./node-figures";
import { NodePorts } from "./node-ports";
import { NodeTools } from "./node-tools";
import { Tile } from "./tile";
import { usePortsOf } from "./use-ports-of";
import { useWireFit } from "./wire-fit";

export const NodeCard = memo(function NodeCard({
  id,
  data,
  selected,
  dragging,
}: NodeProps<CardNode>) {
  const { node, type, inputs, outputs } = data;
  const { editing } = useSession();
  const state = useNodeState(id);
  const problems = useProblemCount(id);
  const fit = useWireFit(id);
  usePortsOf(id, inputs, outputs);
  const [hovered, setHovered] = useState(false);
  const summary = useWithLabels((labelOf) =>
    cardSummary(type, node, (loader, value) =>
      node.connection_id === null
        ? undefined
        : labelOf({ connectionId: node.connection_id, loader }, value),
    ),
  );
  return (
    <article
      id={cardId(id)}
      className={styles.card}
      aria-label={nodeName(node, state, problems.all)}
      data-status={state?.status}
      data-selected={selected}
      data-off={node.disabled}
      data-fit={fit}
      data-group={type?.group}
      onMouseEnter={() => setHovered(true)}
      onMouseLeave={() => setHovered(false)}
    >
      {editing && (hovered || selected) && !dragging ? <NodeTools node={node} /> : null}
      <div className={styles.body} style={{ minHeight: nodeHeight(inputs, outputs) }}>
        {isTrigger(type) ? (
          <span className={styles.start} aria-hidden>
            <Zap />
          </span>
        ) : null}
        <NodeBadges off={node.disabled} problems={problems} state={state} />
        <header className={styles.head}>
          <Tile type={type} title={node.title} />
          <div className={styles.words}>
            <h3 className={styles.title} title={node.title}>
              {node.title}
            </h3>
            <p className={styles.summary} title={summary}>
              {summary}
            </p>
          </div>
        </header>
        <NodePorts title={node.title} nodeId={id} inputs={inputs} outputs={outputs} />
        {state?.error ? <NodeError nodeId={id} error={state.error} /> : null}
      </div>
      {state ? <NodeFigures state={state} mode={type?.mode ?? null} /> : null}
      {node.notes && !state ? <p className={styles.note}>{node.notes}</p> : null}
    </article>
  );
});
