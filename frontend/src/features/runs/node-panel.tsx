import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { nodeTypesQuery } from "@/shared/api/catalog";
import type { GraphNode, NodeRun, Run } from "@/shared/api/types";
import { ended } from "@/shared/lib/ended";
import { outputPorts } from "@/shared/lib/ports";
import { useNow } from "@/shared/lib/use-now";
import { ItemsViewSwitch, NodeItems, useItemsView } from "@/shared/runs/node-items";
import { waitingNextStep, waitingTitle } from "@/shared/runs/waiting";
import { Banner } from "@/shared/ui/banner";
import { EmptyState } from "@/shared/ui/empty-state";
import { Prose } from "@/shared/ui/prose";
import { Segmented } from "@/shared/ui/segmented";
import { StatusIcon } from "@/shared/ui/status";
import { TabPanel, Tabs } from "@/shared/ui/tabs";
import { AttemptList } from "./attempt-list";
import styles from "./node-panel.module.css";
import { RetryFromNode } from "./retry-from-node";
import type { Row } from "./timeline";

interface NodePanelProps {
  run: Run;
  row: Row;
  node: GraphNode | undefined;
}

type Tab = "input" | "output" | "attempts";

/** One node of the run: its error, what it took in, what it gave out, how often it was tried. */
export function NodePanel({ run, row, node }: NodePanelProps) {
  const { nodeRun } = row;
  const failed = nodeRun?.status === "failed";
  const [tab, setTab] = useState<Tab>(failed || nodeRun?.status === "waiting" ? "input" : "output");
  const [view, setView] = useItemsView();
  if (!nodeRun || nodeRun.status === "skipped") {
    return (
      <section className={styles.panel} aria-label={row.title}>
        <EmptyState
          size="small"
          title={nodeRun ? `${row.title} was skipped` : `${row.title} has not started`}
        >
          {nodeRun
            ? "No items came to it: the run took another branch."
            : "It starts when all nodes before it have ended."}
        </EmptyState>
      </section>
    );
  }
  const address = { runId: run.id, nodeId: row.nodeId, path: row.path };
  return (
    <section className={styles.panel} aria-label={row.title}>
      <Note run={run} row={row} nodeRun={nodeRun} />
      <Tabs
        label={`Data of ${row.title}`}
        value={tab}
        onChange={setTab}
        items={[
          { value: "input", label: "Input", count: nodeRun.items_in },
          { value: "output", label: "Output", count: nodeRun.items_out },
          { value: "attempts", label: "Attempts", count: nodeRun.attempt },
        ]}
        aside={
          <>
            <span className={styles.which}>{row.title}</span>
            {tab === "attempts" ? null : <ItemsViewSwitch value={view} onChange={setView} />}
          </>
        }
      >
        <TabPanel value="input" className={styles.data}>
          <NodeItems
            address={{ ...address, side: "input" }}
            view={view}
            empty="Nothing came in: the run starts here."
          />
        </TabPanel>
        <TabPanel value="output" className={styles.data}>
          <Output run={run} row={row} node={node} nodeRun={nodeRun} view={view} />
        </TabPanel>
        <TabPanel value="attempts" className={styles.data}>
          <AttemptList runId={run.id} nodeRun={nodeRun} />
        </TabPanel>
      </Tabs>
    </section>
  );
}

interface OutputProps extends NodePanelProps {
  nodeRun: NodeRun;
  view: "table" | "json";
}

function Output({ run, row, node, nodeRun, view }: OutputProps) {
  const types = useQuery(nodeTypesQuery);
  const type = types.data?.items.find((candidate) => candidate.type === row.type);
  const named = node ? outputPorts(node, type) : [];
  const ports = [...new Set([...named, ...Object.keys(nodeRun.ports)])];
  const used = ports.find((port) => (nodeRun.ports[port] ?? 0) > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const port = chosen ?? used ?? ports[0];
  if (nodeRun.finished_at === null) {
    return <EmptyState size="small" title="Nothing has come out yet." />;
  }
  return (
    <>
      {ports.length > 1 && port ? (
        <div className={styles.ports}>
          <Segmented
            label="Port"
            value={port}
            onChange={setChosen}
            options={ports.map((name) => ({
              value: name,
              label: `${name} ${nodeRun.ports[name] ?? 0}`,
            }))}
          />
        </div>
      ) : null}
      <NodeItems
        address={{ runId: run.id, nodeId: row.nodeId, path: row.path, side: "output", port }}
        view={view}
        empty="Nothing left by this port."
      />
    </>
  );
}

/** What the banner above the time line doesn't say already. */
function Note({ run, row, nodeRun }: { run: Run; row: Row; nodeRun: NodeRun }) {
  const { error, waiting } = nodeRun;
  const now = useNow(0);
  if (waiting?.reason === "outcome") return null;
  if (error && run.error?.node_id !== row.nodeId) {
    return (
      <div className={styles.note}>
        <Banner
          tone="failed"
          icon={<StatusIcon status="failed" named={false} />}
          title={<Prose text={ended(error.message)} />}
          actions={<RetryFromNode run={run} nodeId={row.nodeId} />}
        >
          <Prose text={error.hint} /> <code className={styles.code}>{error.code}</code>
        </Banner>
      </div>
    );
  }
  const waitingOnes = run.node_runs.filter((one) => one.status === "waiting").length;
  if (waiting && waitingOnes > 1) {
    return (
      <div className={styles.note}>
        <Banner
          tone="waiting"
          icon={<StatusIcon status="waiting" named={false} />}
          title={`${waitingTitle(waiting, now)}.`}
        >
          {waitingNextStep(waiting)} {waiting.url ? <code>{waiting.url}</code> : null}
        </Banner>
      </div>
    );
  }
  return null;
}
