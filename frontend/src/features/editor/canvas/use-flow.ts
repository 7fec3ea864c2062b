import {
  applyEdgeChanges,
  applyNodeChanges,
  type Connection,
  type EdgeChange,
  type NodeChange,
} from "@xyflow/react";
import { useCallback, useEffect, useState } from "react";
import { plural } from "@/shared/lib/format";
import { toast } from "@/shared/ui/toast";
import { connect, connectRefusal, reconnect, type Wire } from "../model/connect";
import { insertOnEdge, moveNodes } from "../model/edits";
import { type FlowNode, type ThreadEdge, toFlowEdges, toFlowNodes } from "../model/flow";
import { moveInto, settled } from "../model/frames";
import { snapped } from "../model/geometry";
import { nodeById } from "../model/graph";
import { useEditor } from "../store";

/** The graph as React Flow wants it, and what React Flow reports as edits. While a node is dragged only this copy moves. */
export function useFlow() {
  const graph = useEditor((state) => state.graph);
  const types = useEditor((state) => state.types);
  const selection = useEditor((state) => state.selection);
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const [edges, setEdges] = useState<ThreadEdge[]>([]);

  useEffect(() => {
    setNodes((previous) => toFlowNodes(graph, types, selection, previous));
    setEdges((previous) => toFlowEdges(graph, selection, previous));
  }, [graph, types, selection]);

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
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

/** Puts dragged nodes into the frame they were let go in, or out of theirs; one alone also into the edge there. */
export function onNodesDropped(
  event: { clientX: number; clientY: number },
  into: string | null,
  dragged: FlowNode,
  nodes: FlowNode[],
): void {
  const { graph, types, edit } = useEditor.getState();
  const parent = nodeById(graph, dragged.id)?.parent;
  if (parent === undefined) return;
  const ids = new Set(
    graph.nodes
      .filter((node) => node.parent === parent && nodes.some(({ id }) => id === node.id))
      .map((node) => node.id),
  );
  edit(moveInto(ids, into, types), { key: "move" });
  const cut = graph.edges.length - useEditor.getState().graph.edges.length;
  if (cut > 0) tellOfCut(cut);
  if (ids.size === 1) joinEdgeBelow(event, dragged.id);
}

function tellOfCut(cut: number): void {
  toast({
    title: `${plural(cut, "wire")} removed`,
    detail: "A wire can’t cross the border of a container. Ctrl+Z brings it back.",
  });
}

/** A node without wires, dropped on an edge, goes between its ends. */
function joinEdgeBelow(event: { clientX: number; clientY: number }, nodeId: string): void {
  const { graph, types, edit } = useEditor.getState();
  const node = nodeById(graph, nodeId);
  if (node === undefined) return;
  if (graph.edges.some((edge) => edge.source === nodeId || edge.target === nodeId)) return;
  const edge = document
    .elementsFromPoint(event.clientX, event.clientY)
    .find((element) => element.matches(".react-flow__edge *"))
    ?.closest(".react-flow__edge");
  const edgeId = edge?.getAttribute("data-id");
  if (edgeId) edit(insertOnEdge(node, edgeId, types));
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
function isOfView(change: NodeChange<FlowNode> | EdgeChange<ThreadEdge>): boolean {
  return change.type !== "select" && change.type !== "remove";
}

function selectFrom(changes: (NodeChange<FlowNode> | EdgeChange<ThreadEdge>)[]): void {
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

function commitMoves(changes: NodeChange<FlowNode>[]): void {
  const places = changes.flatMap((change) =>
    change.type === "position" && change.dragging === false && change.position !== undefined
      ? [[change.id, snapped(change.position)] as const]
      : [],
  );
  if (places.length > 0)
    useEditor
      .getState()
      .edit((graph) => settled(moveNodes(new Map(places))(graph)), { key: "move" });
}
