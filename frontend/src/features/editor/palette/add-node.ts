import { addNode, addNodeAfter, insertOnEdge, newNode } from "../model/edits";
import { type FieldSchema, initialParams } from "../model/fields";
import { randomWord } from "../model/fresh";
import { freePlace, placeAfter, roomOnEdge } from "../model/geometry";
import {
  type Change,
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
    const edge = graph.edges.find((candidate) => candidate.id === target.edgeId);
    const room = edge === undefined ? null : roomOnEdge(graph, edge);
    const placed = node(room?.position ?? freePlace(graph, middle));
    return put(placed, (current) =>
      insertOnEdge(placed, target.edgeId, types)(room?.change(current) ?? current),
    );
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
