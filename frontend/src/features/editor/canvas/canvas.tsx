import {
  ConnectionLineType,
  type FinalConnectionState,
  MiniMap,
  type OnConnectStartParams,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import {
  type DragEvent,
  type MouseEvent as ReactMouseEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { usePhone } from "@/shared/lib/use-media";
import type { FlowNode } from "../model/flow";
import { containerAt, withInner } from "../model/frames";
import { dropNode } from "../palette/add-node";
import { DRAGGED_TYPE } from "../palette/dragged-type";
import { Palette } from "../palette/palette";
import { usePanels } from "../panels";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import styles from "./canvas.module.css";
import { CanvasBar } from "./canvas-bar";
import { EmptyCanvas } from "./empty-canvas";
import { Frame } from "./frame";
import { minimapColor } from "./minimap-color";
import { NodeCard } from "./node-card";
import { StickyNote } from "./sticky-note";
import { Thread } from "./thread";
import { useClipboard } from "./use-clipboard";
import { onConnect, onNodesDropped, onReconnect, useFlow } from "./use-flow";
import { useReveal } from "./use-reveal";
import { useShortcuts } from "./use-shortcuts";
import { Warp } from "./warp";
import { WireHint } from "./wire-hint";

// Module constants: new objects would remount every node.
const nodeTypes = { card: NodeCard, frame: Frame, note: StickyNote };
const edgeTypes = { thread: Thread };
const SNAP: [number, number] = [8, 8];
const FIT = { padding: 0.2, maxZoom: 1 };
// On a phone rather part of the workflow than one nobody can read.
const FIT_PHONE = { padding: 0.1, minZoom: 0.6, maxZoom: 1 };
const PAN_BUTTONS = [1];
// From here on only what is in view is drawn; below, all of it stays within reach of the keyboard and screen readers.
const MANY = 150;
const MINIMAP = { width: 192, height: 112 };

export function Canvas() {
  const root = useRef<HTMLDivElement>(null);
  const { editing } = useSession();
  const fit = useFirstView();
  const flow = useFlow();
  const empty = useEditor(({ graph }) => graph.nodes.length + graph.notes.length === 0);
  const many = useEditor(({ graph }) => graph.nodes.length > MANY);
  // What React Flow is given must stay the same from one edit to the next, or it draws every node again.
  const drop = useDrop();
  const drag = useNodeDrag();
  const finishWire = useWireEnd();
  const onNodeClick = useNodeClick();
  const moves = useMoves(root);
  useZoomStep(root);
  useShortcuts();
  useClipboard(root);
  return (
    <div ref={root} className={styles.canvas}>
      <Warp />
      <ReactFlow
        {...flow}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...moves}
        onConnect={onConnect}
        onReconnect={onReconnect}
        onConnectStart={startWire}
        onConnectEnd={finishWire}
        {...drop}
        nodesDraggable={editing}
        nodesConnectable={editing}
        edgesReconnectable={editing}
        deleteKeyCode={null}
        panOnDrag={editing ? PAN_BUTTONS : true}
        selectionOnDrag={editing}
        selectionMode={SelectionMode.Partial}
        panOnScroll
        connectionRadius={32}
        connectionLineType={ConnectionLineType.Bezier}
        snapToGrid
        snapGrid={SNAP}
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={fit}
        zoomOnDoubleClick={false}
        onNodeClick={onNodeClick}
        {...drag}
        onlyRenderVisibleElements={many}
        onPaneClick={closePalette}
        onNodeDoubleClick={openNode}
        aria-label="Workflow"
      >
        {empty ? null : (
          <MiniMap
            style={MINIMAP}
            pannable
            zoomable
            nodeColor={minimapColor}
            nodeBorderRadius={0}
            ariaLabel="Minimap"
          />
        )}
      </ReactFlow>
      <WireHint />
      {empty ? <EmptyCanvas /> : null}
      {editing ? <Palette /> : null}
      <CanvasBar />
    </div>
  );
}

/** All of the workflow, or the node that the address names. */
function useFirstView() {
  const phone = usePhone();
  const [asked] = useState(() => {
    const id = new URLSearchParams(window.location.search).get("node");
    const known = useEditor.getState().graph.nodes.some((node) => node.id === id);
    return id !== null && known ? [{ id }] : null;
  });
  return useMemo(() => {
    const fit = phone ? FIT_PHONE : FIT;
    return asked === null ? fit : { ...fit, nodes: asked };
  }, [asked, phone]);
}

/** Dragged nodes go into the frame below the pointer, which shows it, and out of the one they are taken from. */
function useNodeDrag() {
  const { screenToFlowPosition } = useReactFlow();
  return useMemo(() => {
    const pointOf = (event: MouseEvent | TouchEvent) =>
      "changedTouches" in event ? event.changedTouches[0] : event;
    // The graph itself stays as it is until the drop: frames don't grow after what is dragged out of them.
    const onNodeDrag = (event: MouseEvent | TouchEvent, node: FlowNode, nodes: FlowNode[]) => {
      const point = pointOf(event);
      if (point === undefined || node.type === "note") return;
      const { graph, types } = useEditor.getState();
      const ids = nodes.map(({ id }) => id);
      const at = screenToFlowPosition({ x: point.clientX, y: point.clientY });
      const into = containerAt(graph, types, at, withInner(graph, ids));
      if (into !== usePanels.getState().dropInto) usePanels.getState().setDropInto(into);
    };
    const onNodeDragStop = (event: MouseEvent | TouchEvent, node: FlowNode, nodes: FlowNode[]) => {
      const { dropInto, setDropInto } = usePanels.getState();
      setDropInto(null);
      const point = pointOf(event);
      if (point !== undefined) onNodesDropped(point, dropInto, node, nodes);
    };
    const onSelectionDrag = (event: ReactMouseEvent, nodes: FlowNode[]) => {
      const [first] = nodes;
      if (first !== undefined) onNodeDrag(event.nativeEvent, first, nodes);
    };
    const onSelectionDragStop = (event: ReactMouseEvent, nodes: FlowNode[]) => {
      const [first] = nodes;
      if (first !== undefined) onNodeDragStop(event.nativeEvent, first, nodes);
    };
    return {
      onNodeDragStart: onNodeDrag,
      onNodeDrag,
      onNodeDragStop,
      onSelectionDragStart: onSelectionDrag,
      onSelectionDrag,
      onSelectionDragStop,
    };
  }, [screenToFlowPosition]);
}

function startWire(_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams): void {
  if (nodeId === null || handleType === null) return;
  usePanels.getState().setWiring({ nodeId, handleId: handleId ?? "out", type: handleType });
}

/** A wire dropped on the bare canvas asks which node comes there. */
function useWireEnd() {
  const { screenToFlowPosition } = useReactFlow();
  return useCallback(
    (event: MouseEvent | TouchEvent, connection: FinalConnectionState) => {
      const { setWiring, openPalette } = usePanels.getState();
      setWiring(null);
      const from = connection.fromHandle;
      if (connection.toNode !== null || from === null || from.type !== "source") return;
      const point = "changedTouches" in event ? event.changedTouches[0] : event;
      if (point === undefined) return;
      const { x, y } = screenToFlowPosition({ x: point.clientX, y: point.clientY });
      openPalette({
        kind: "after",
        source: from.nodeId,
        port: from.id ?? "out",
        position: { x, y: y - 28 },
      });
    },
    [screenToFlowPosition],
  );
}

function useDrop() {
  const { screenToFlowPosition } = useReactFlow();
  return {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED_TYPE)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    },
    onDrop: (event: DragEvent) => {
      const type = useEditor.getState().types.get(event.dataTransfer.getData(DRAGGED_TYPE));
      if (type === undefined) return;
      event.preventDefault();
      const edge =
        event.target instanceof Element ? event.target.closest(".react-flow__edge") : null;
      const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      dropNode(type, { x: x - 104, y: y - 28 }, edge?.getAttribute("data-id") ?? null);
    },
  };
}

function closePalette(): void {
  usePanels.getState().closePalette();
}

function openNode(_: unknown, node: FlowNode): void {
  if (node.type !== "note") usePanels.getState().showData("output");
}

function useNodeClick() {
  const phone = usePhone();
  const reveal = useReveal();
  return useCallback(
    (_: unknown, node: FlowNode) => {
      if (phone) usePanels.getState().showData("output");
      reveal(node.id);
    },
    [phone, reveal],
  );
}

type Root = RefObject<HTMLDivElement | null>;

function useMoves(root: Root) {
  return useMemo(
    () => ({
      onMoveStart: () => root.current?.setAttribute("data-moving", "true"),
      onMoveEnd: () => root.current?.removeAttribute("data-moving"),
    }),
    [root],
  );
}

/** Says in the element how much of a card is shown; nothing is drawn again for it. */
function useZoomStep(root: Root): void {
  const store = useStoreApi();
  useEffect(() => {
    let last = "";
    const tell = () => {
      const zoom = store.getState().transform[2];
      const step = zoom < 0.4 ? "block" : zoom < 0.7 ? "far" : "near";
      const rounded = step === "far" ? Math.round(zoom * 20) / 20 : 1;
      if (`${step} ${rounded}` === last) return;
      last = `${step} ${rounded}`;
      root.current?.setAttribute("data-zoom", step);
      root.current?.style.setProperty("--zoom", String(rounded));
    };
    tell();
    return store.subscribe(tell);
  }, [root, store]);
}
