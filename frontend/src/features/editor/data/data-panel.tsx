import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import { cx } from "@/shared/lib/cx";
import { ItemsViewSwitch, useItemsView } from "@/shared/runs/node-items";
import { IconButton } from "@/shared/ui/icon-button";
import { TabPanel, Tabs } from "@/shared/ui/tabs";
import { nodeById } from "../model/graph";
import { usePanels } from "../panels";
import { useProblems } from "../run/problems";
import { useNodeState } from "../run/shown-run";
import { useEditor, useSelectedNodeId } from "../store";
import styles from "./data-panel.module.css";
import { NodeData } from "./node-data";
import { ProblemList } from "./problem-list";
import { RunLog } from "./run-log";
import { useHeight } from "./use-height";

/** The bottom panel: what the selected node took in and gave out in the shown run, and all problems of the draft. */
export function DataPanel() {
  const nodeId = useSelectedNodeId();
  const node = useEditor((state) => nodeById(state.graph, nodeId ?? ""));
  const state = useNodeState(nodeId ?? "");
  const problems = useProblems();
  const { dataOpen, dataTab, showData, toggleData } = usePanels();
  const [view, setView] = useItemsView();
  const [port, setPort] = useState<string | null>(null);
  const { height, grip } = useHeight();
  return (
    <section
      className={cx(styles.panel, !dataOpen && styles.closed)}
      style={dataOpen ? { height } : undefined}
      aria-label="Data"
    >
      {dataOpen ? <div className={styles.grip} {...grip} /> : null}
      <Tabs
        className={styles.tabs}
        label="Data of the selected node"
        value={dataOpen ? dataTab : null}
        onChange={showData}
        items={[
          { value: "input", label: "Input", count: state?.itemsIn },
          { value: "output", label: "Output", count: state?.itemsOut },
          { value: "log", label: "Log" },
          { value: "problems", label: "Problems", count: problems.length },
        ]}
        aside={
          <>
            <span className={styles.of}>{node?.title}</span>
            {dataOpen && (dataTab === "input" || dataTab === "output") ? (
              <ItemsViewSwitch value={view} onChange={setView} />
            ) : null}
            <IconButton
              size="small"
              tooltipSide="top"
              label={dataOpen ? "Close the data panel" : "Open the data panel"}
              icon={dataOpen ? <ChevronDown aria-hidden /> : <ChevronUp aria-hidden />}
              onClick={toggleData}
            />
          </>
        }
      >
        {dataOpen ? (
          <>
            <TabPanel value="input" className={styles.content}>
              <NodeData side="input" nodeId={nodeId} view={view} port={null} onPort={setPort} />
            </TabPanel>
            <TabPanel value="output" className={styles.content}>
              <NodeData side="output" nodeId={nodeId} view={view} port={port} onPort={setPort} />
            </TabPanel>
            <TabPanel value="log" className={styles.content}>
              <RunLog />
            </TabPanel>
            <TabPanel value="problems" className={styles.content}>
              <ProblemList problems={problems} />
            </TabPanel>
          </>
        ) : null}
      </Tabs>
    </section>
  );
}
