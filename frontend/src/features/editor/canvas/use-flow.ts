import {
  applyEdgeChanges,
  applyNodeChanges,
  type Connection,
  type EdgeChange,
  type NodeChange,
} from "@xyflow/react";
import { useCallback, useEffect, useState } from "react";
import { connect, connectRefusal, reconnect, type Wire } from "../model/connect";
import { insertOnEdge, moveNodes } from "../model/edits";
import { type CardNode, type ThreadEdge, toFlowEdges, toFlowNodes } from "../model/flow";
import { snapped } from "../model/geometry";
import { useEditor } from "../store";

/** The graph as React Flow wants it, and what React Flow reports as edits. While a node is dragged only this copy moves. */
export function useFlow() {
  const graph = useEditor((state) => state.graph);
  const types = useEditor((state) => state.types);
  const selection = useEditor((state) => state.selection);
  const [nodes, setNodes] = useState<CardNode[]>([]);
  const [edges, setEdges] = useState<ThreadEdge[]>([]);

  useEffect(() => {
    setNodes((previous) => toFlowNodes(graph, types, selection, previous));
    setEdges((previous) => toFlowEdges(graph, selection, previous));
  }, [graph, types, selection]);

  const onNodesChange = useCallback((changes: NodeChange<CardNode>[]) => {
    selectFrom(changes);
    setNodes((current) => applyNodeChanges(changes.filter(isOfView), current));
    commitMoves(changes);
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<ThreadEdge>[]) => {
    selectFrom(changes);
    setEdges((current) => applyEdgeChanges(changes.filter(isOfView), current));
  }, []);

  const isValidConnection = useCallback(
    (connection: Connection | ThreadEdge) =>
      connectRefusal(useEditor.getState().graph, types, wireOf(connection)) === null,
    [types],
  );

  return { nodes, edges, onNodesChange, onEdgesChange, isValidConnection };
}

export function onConnect(connection: Connection): void {
  useEditor.getState().edit(connect(wireOf(connection)));
}

export function onReconnect(edge: ThreadEdge, connection: Connection): void {
  useEditor.getState().edit(reconnect(edge.id, wireOf(connection)));
}

/** A node without wires, dropped on an edge, goes between its ends. */
export function onNodeDropped(event: { clientX: number; clientY: number }, node: CardNode): void {
  const { graph, types, edit } = useEditor.getState();
  if (graph.edges.some((edge) => edge.source === node.id || edge.target === node.id)) return;
  const below = document.elementsFromPoint(event.clientX, event.clientY);
  const edge = below
    .find((element) => element.matches(".react-flow__edge *"))
    ?.closest(".react-flow__edge");
  const edgeId = edge?.getAttribute("data-id");
  if (edgeId) edit(insertOnEdge(node.data.node, edgeId, types));
}

function wireOf(connection: Connection | ThreadEdge): Wire {
  return {
    source: connection.source,
    port: connection.sourceHandle ?? "out",
    target: connection.target,
    input: connection.targetHandle ?? "in",
  };
}

/** Selection and removal belong to the store; the rest (sizes, places while dragging) to the view. */
function isOfView(change: NodeChange<CardNode> | EdgeChange<ThreadEdge>): boolean {
  return change.type !== "select" && change.type !== "remove";
}

function selectFrom(changes: (NodeChange<CardNode> | EdgeChange<ThreadEdge>)[]): void {
  const picks = changes.filter((change) => change.type === "select");
  if (picks.length === 0) return;
  const { selection, select } = useEditor.getState();
  const next = new Set(selection);
  for (const { id, selected } of picks) {
    if (selected) next.add(id);
    else next.delete(id);
  }
  select([...next]);
}

function commitMoves(changes: NodeChange<CardNode>[]): void {
  const places = changes.flatMap((change) =>
    change.type === "position" && change.dragging === false && change.position !== undefined
      ? [[change.id, snapped(change.position)] as const]
      : [],
  );
  if (places.length > 0) useEditor.getState().edit(moveNodes(new Map(places)), { key: "move" });
}
