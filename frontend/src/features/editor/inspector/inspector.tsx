import { X } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "@/shared/ui/icon-button";
import { TabPanel, Tabs } from "@/shared/ui/tabs";
import { Tile } from "../canvas/tile";
import { type GraphNode, nodeById } from "../model/graph";
import { effectOf, type NodeType } from "../model/node-type";
import { usePanels } from "../panels";
import { selectedNodeIds, useEditor, useSelectedNodeId } from "../store";
import styles from "./inspector.module.css";
import { NodeName } from "./node-name";
import { NoteForm } from "./note-form";
import { ParametersForm } from "./parameters-form";
import { SettingsForm } from "./settings-form";
import { SeveralSelected } from "./several-selected";
import { useFocusField } from "./use-focus-field";

/** The right panel: what is selected, and everything that can be said about it. */
export function Inspector() {
  const id = useSelectedNodeId();
  const node = useEditor((state) => (id === null ? undefined : nodeById(state.graph, id)));
  const type = useEditor((state) => state.types.get(node?.type ?? ""));
  const several = useEditor((state) => selectedNodeIds(state.graph, state.selection).length);
  if (several > 1) return <SeveralSelected />;
  return node === undefined ? null : <NodeInspector key={node.id} node={node} type={type} />;
}

function NodeInspector({ node, type }: { node: GraphNode; type: NodeType | undefined }) {
  const tab = usePanels((state) => state.inspectorTab);
  const showTab = usePanels((state) => state.showTab);
  const select = useEditor((state) => state.select);
  // Each node opens with its parameters, unless a field on another tab was asked for. Before the focus goes there.
  useEffect(() => {
    if (usePanels.getState().field === null) showTab("parameters");
  }, [showTab]);
  const panel = useFocusField();
  return (
    <aside ref={panel} className={styles.inspector} aria-label="Inspector">
      <header className={styles.head}>
        <Tile type={type} title={node.title} />
        <div className={styles.headings}>
          <NodeName node={node} />
          <p className={styles.subtitle}>{subtitle(type, node)}</p>
        </div>
        <IconButton
          size="small"
          label="Close"
          shortcut="Esc"
          icon={<X aria-hidden />}
          onClick={() => select([])}
        />
      </header>
      <Tabs
        className={styles.tabs}
        label="What to show of the node"
        value={tab}
        onChange={showTab}
        items={[
          { value: "parameters", label: "Parameters" },
          { value: "settings", label: "Settings" },
          { value: "note", label: "Note" },
        ]}
      >
        <TabPanel value="parameters" className={styles.form}>
          <ParametersForm node={node} type={type} />
        </TabPanel>
        <TabPanel value="settings" className={styles.form}>
          <SettingsForm node={node} type={type} />
        </TabPanel>
        <TabPanel value="note" className={styles.form}>
          <NoteForm node={node} />
        </TabPanel>
      </Tabs>
    </aside>
  );
}

const EFFECT_WORDS = {
  none: "",
  read: "only reads",
  idempotent: "may be repeated",
  once: "happens once",
  destructive: "can't be undone",
} as const;

function subtitle(type: NodeType | undefined, node: GraphNode): string {
  if (type === undefined) return `Unknown type ${node.type}`;
  const often = type.trigger
    ? "starts the workflow"
    : type.mode === "each"
      ? "once per item"
      : "all items at once";
  return [type.title, often, EFFECT_WORDS[effectOf(type, node.params)]].filter(Boolean).join(" · ");
}
