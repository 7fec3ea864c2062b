import { useQuery } from "@tanstack/react-query";
import { attemptsQuery } from "@/shared/api/runs";
import { ended } from "@/shared/lib/ended";
import { plural } from "@/shared/lib/format";
import { type ItemsView, NodeItems } from "@/shared/runs/node-items";
import { Banner } from "@/shared/ui/banner";
import { EmptyState } from "@/shared/ui/empty-state";
import { Prose } from "@/shared/ui/prose";
import { Segmented } from "@/shared/ui/segmented";
import { StatusIcon } from "@/shared/ui/status";
import { pathOf } from "../model/rounds";
import type { NodeState } from "../model/run-view";
import { useSession } from "../run/session";
import { useNodeState, useRounds } from "../run/shown-run";
import styles from "./data-panel.module.css";
import { RoundStepper } from "./round-stepper";

interface NodeDataProps {
  side: "input" | "output";
  nodeId: string | null;
  view: ItemsView;
  port: string | null;
  onPort: (port: string) => void;
}

export function NodeData({ side, nodeId, view, port, onPort }: NodeDataProps) {
  const { runId } = useSession();
  const state = useNodeState(nodeId ?? "");
  const rounds = useRounds(nodeId ?? "");
  if (runId === null) {
    return (
      <EmptyState size="small" title="No run is shown">
        Press Run, or choose a past run above, and each node shows here what it took in and gave
        out.
      </EmptyState>
    );
  }
  if (nodeId === null) return <EmptyState size="small" title="Select a node to see its data" />;
  const steppers = rounds.map((round) => (
    <RoundStepper key={round.container} runId={runId} round={round} />
  ));
  if (state === undefined) {
    const where = rounds.length === 0 ? "the shown run" : "this round";
    return (
      <>
        {steppers}
        <EmptyState size="small" title={`This node has not run in ${where}`} />
      </>
    );
  }
  const path = pathOf(rounds);
  const ports = Object.keys(state.ports);
  const chosen =
    port !== null && ports.includes(port)
      ? port
      : ports.find((name) => (state.ports[name] ?? 0) > 0);
  return (
    <>
      {steppers}
      {state.error ? <Failure runId={runId} nodeId={nodeId} path={path} state={state} /> : null}
      {side === "output" && ports.length > 1 ? (
        <div className={styles.ports}>
          <Segmented
            label="Port"
            value={chosen ?? ""}
            onChange={onPort}
            options={ports.map((name) => ({ value: name, label: `${name} ${state.ports[name]}` }))}
          />
        </div>
      ) : null}
      <NodeItems
        key={`${runId}/${nodeId}/${side}/${chosen}/${path}`}
        address={{ runId, nodeId, side, port: side === "output" ? chosen : undefined, path }}
        view={view}
        empty={side === "input" ? "Nothing came in." : "Nothing went out."}
      />
    </>
  );
}

interface FailureProps {
  runId: string;
  nodeId: string;
  path: string;
  state: NodeState;
}

function Failure({ runId, nodeId, path, state }: FailureProps) {
  const attempts = useQuery(attemptsQuery(runId, nodeId, path));
  const tries = attempts.data ?? [];
  return (
    <div className={styles.failure}>
      {state.error ? (
        <Banner tone="failed" title={<Prose text={ended(state.error.message)} />}>
          <Prose text={state.error.hint} />
        </Banner>
      ) : null}
      {tries.length > 1 ? (
        <ol aria-label={plural(tries.length, "attempt")} className={styles.attempts}>
          {tries.map((attempt) => (
            <li key={attempt.number}>
              <StatusIcon status={attempt.status === "succeeded" ? "succeeded" : "failed"} />
              Attempt {attempt.number}
              {attempt.error ? `: ${attempt.error.message}` : ""}
            </li>
          ))}
        </ol>
      ) : null}
    </div>
  );
}
