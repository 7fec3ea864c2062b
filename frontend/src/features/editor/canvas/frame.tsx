import type { NodeProps } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo, useState } from "react";
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { StatusIcon } from "@/shared/ui/status";
import type { FieldSchema } from "../model/fields";
import { cardId, type FrameNode } from "../model/flow";
import { around, childrenOf, framePortTop } from "../model/frames";
import { type Graph, type JsonValue, nodeById } from "../model/graph";
import type { NodeTypes } from "../model/node-type";
import { roundsDone, roundsInAll } from "../model/rounds";
import { nodeName } from "../model/run-view";
import { cardSummary } from "../model/summary";
import { usePanels } from "../panels";
import { useProblemCount } from "../run/problems";
import { useSession } from "../run/session";
import { useNodeState, useShownRun } from "../run/shown-run";
import { useEditor } from "../store";
import styles from "./frame.module.css";
import { NodeBadges } from "./node-badges";
import cardStyles from "./node-card.module.css";
import { NodeError } from "./node-error";
import { Eyelet } from "./node-ports";
import { NodeTools } from "./node-tools";
import { Tile } from "./tile";
import { usePortsOf } from "./use-ports-of";
import { useWireFit } from "./wire-fit";

/** A container: a frame around the nodes that run in it, with what it does and how far it got in its head. */
export const Frame = memo(function Frame({ id, data, selected, dragging }: NodeProps<FrameNode>) {
  const { node, type, inputs, outputs } = data;
  const { editing } = useSession();
  const state = useNodeState(id);
  const problems = useProblemCount(id);
  const fit = useWireFit(id);
  const empty = useEditor(({ graph }) => childrenOf(graph, id).length === 0);
  const target = usePanels((panels) => panels.dropInto === id);
  const openPalette = usePanels((panels) => panels.openPalette);
  const [hovered, setHovered] = useState(false);
  usePortsOf(id, inputs, outputs);
  const summary = [type?.title, cardSummary(type, node)].filter(Boolean).join(" · ");
  const add = () => openPalette({ kind: "inside", container: id });
  return (
    <article
      id={cardId(id)}
      className={cx(cardStyles.card, styles.frame)}
      aria-label={nodeName(node, state, problems.all)}
      data-status={state?.status}
      data-selected={selected}
      data-off={node.disabled}
      data-fit={fit}
      data-target={target}
      onMouseEnter={() => setHovered(true)}
      onMouseLeave={() => setHovered(false)}
    >
      {editing && selected && !dragging ? <NodeTools node={node} /> : null}
      <div className={cx(cardStyles.body, styles.body)}>
        <NodeBadges off={node.disabled} problems={problems} state={state} />
        <header className={styles.head}>
          <Tile type={type} title={node.title} size="small" />
          <h3 className={styles.title} title={node.title}>
            {node.title}
          </h3>
          <p className={styles.summary} title={summary}>
            {summary}
          </p>
          <Progress containerId={id} />
          {editing && (hovered || selected) && !empty ? (
            <IconButton
              className="nodrag"
              size="small"
              tooltipSide="top"
              label={`Add a node inside ${node.title}`}
              icon={<Plus aria-hidden />}
              onClick={add}
            />
          ) : null}
        </header>
        {empty && editing ? (
          <div className={styles.empty}>
            <Button className="nodrag" size="small" icon={<Plus aria-hidden />} onClick={add}>
              Add a node inside
            </Button>
          </div>
        ) : null}
        <FramePorts id={id} title={node.title} inputs={inputs} outputs={outputs} />
      </div>
      {state?.error ? (
        <div className={styles.error}>
          <NodeError nodeId={id} error={state.error} />
        </div>
      ) : null}
    </article>
  );
});

interface FramePortsProps {
  id: string;
  title: string;
  inputs: string[];
  outputs: string[];
}

function FramePorts({ id, title, inputs, outputs }: FramePortsProps) {
  const eyelet = (side: "in" | "out") => (port: string, index: number) => (
    <Eyelet
      key={`${side} ${port}`}
      nodeId={id}
      title={title}
      port={port}
      side={side}
      top={framePortTop(side, index)}
    />
  );
  return (
    <>
      {inputs.map(eyelet("in"))}
      {outputs.map(eyelet("out"))}
      {outputs.map((port, index) => (
        <span key={port} className={styles.port} style={{ top: framePortTop("out", index) }}>
          {port}
        </span>
      ))}
    </>
  );
}

/** "18 of 31": how many rounds are over. */
function Progress({ containerId }: { containerId: string }) {
  const state = useNodeState(containerId);
  const batch = useEditor(({ graph, types }) => batchSize(graph, types, containerId));
  const done = useShownRun((run, chosen) => {
    const { graph } = useEditor.getState();
    const node = nodeById(graph, containerId);
    if (node === undefined) return 0;
    const outwards = [node, ...around(graph, node)].map((container) => container.id);
    return roundsDone(run, chosen, outwards.reverse());
  });
  if (state === undefined || done === undefined || state.status === "skipped") return null;
  const all = roundsInAll(state.itemsIn, batch);
  return (
    <span className={styles.progress} data-status={state.status}>
      {state.status === "running" ? <StatusIcon status="running" named={false} /> : null}
      {all === null ? `${count(done)} done` : `${count(Math.min(done, all))} of ${count(all)}`}
    </span>
  );
}

/** How many items a round gets; `undefined` for a container that has one for each item. */
function batchSize(graph: Graph, types: NodeTypes, containerId: string): JsonValue | undefined {
  const node = nodeById(graph, containerId);
  const schema = types.get(node?.type ?? "")?.params_schema as FieldSchema | undefined;
  return schema?.properties?.batch_size ? (node?.params.batch_size ?? 1) : undefined;
}
