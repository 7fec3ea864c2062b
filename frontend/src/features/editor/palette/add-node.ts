import { addNode, addNodeAfter, insertOnEdge, newNode } from "../model/edits";
import { type FieldSchema, initialParams } from "../model/fields";
import { randomWord } from "../model/fresh";
import { freePlace, placeAfter } from "../model/geometry";
import {
  type Change,
  type Graph,
  type GraphNode,
  type JsonObject,
  nodeById,
  type Position,
} from "../model/graph";
import { isTrigger, type NodeType } from "../model/node-type";
import type { PaletteTarget } from "../panels";
import { selectedNodeId, useEditor } from "../store";

/** Adds a node of a type where the palette was asked to, and selects it. Answers its id. */
export function addFromPalette(type: NodeType, target: PaletteTarget, middle: Position): string {
  const { graph, selection, edit, types } = useEditor.getState();
  const started = startingParams(type);
  const node = (position: Position) => newNode(graph, type, position, started);
  const put = (placed: GraphNode, change: Change) => {
    edit(change, { select: [placed.id] });
    return placed.id;
  };
  if (target.kind === "edge") {
    const placed = node(betweenEnds(graph, target.edgeId) ?? freePlace(graph, middle));
    return put(placed, insertOnEdge(placed, target.edgeId, types));
  }
  if (target.kind === "after") {
    const placed = node(freePlace(graph, target.position));
    return put(placed, addNodeAfter(placed, target.source, types, target.port));
  }
  const beside = nodeById(graph, selectedNodeId(graph, selection) ?? "");
  if (beside === undefined || isTrigger(type)) {
    const placed = node(freePlace(graph, middle));
    return put(placed, addNode(placed));
  }
  const placed = node(placeAfter(graph, beside.position));
  return put(placed, addNodeAfter(placed, beside.id, types));
}

/** Adds a node where it was dropped, into the edge below the pointer if there is one. */
export function dropNode(type: NodeType, position: Position, edgeId: string | null): void {
  const { graph, edit, types } = useEditor.getState();
  const placed = newNode(graph, type, freePlace(graph, position), startingParams(type));
  edit(edgeId === null ? addNode(placed) : insertOnEdge(placed, edgeId, types), {
    select: [placed.id],
  });
}

/** The type's own starting values; an address is proposed that nobody can guess. */
function startingParams(type: NodeType): JsonObject {
  const schema = type.params_schema as FieldSchema;
  const params = initialParams(schema);
  const proposes = Object.entries(schema.properties ?? {}).filter(
    ([, field]) => field["x-widget"] === "path",
  );
  return { ...params, ...Object.fromEntries(proposes.map(([name]) => [name, randomWord(20)])) };
}

function betweenEnds(graph: Graph, edgeId: string): Position | null {
  const edge = graph.edges.find((candidate) => candidate.id === edgeId);
  const source = nodeById(graph, edge?.source ?? "");
  const target = nodeById(graph, edge?.target ?? "");
  if (source === undefined || target === undefined) return null;
  const x = (source.position.x + target.position.x) / 2;
  return freePlace(graph, { x, y: (source.position.y + target.position.y) / 2 });
}
