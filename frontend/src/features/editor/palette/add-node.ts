import { addNode, addNodeAfter, insertOnEdge, newNode } from "../model/edits";
import { type FieldSchema, initialParams } from "../model/fields";
import {
  childrenOf,
  containerAt,
  cornerOf,
  FIRST_INSIDE,
  minus,
  plus,
  settled,
  sizeOfNew,
} from "../model/frames";
import { randomWord } from "../model/fresh";
import { NODE_HEIGHT } from "../model/geometry";
import {
  type Change,
  type Graph,
  type GraphNode,
  type JsonObject,
  nodeById,
  type Position,
} from "../model/graph";
import { isTrigger, type NodeType } from "../model/node-type";
import { freePlace, placeAfter, roomOnEdge } from "../model/place";
import type { PaletteTarget } from "../panels";
import { selectedNodeId, useEditor } from "../store";

/** Adds a node of a type where the palette was asked to, and selects it. Answers its id. */
export function addFromPalette(type: NodeType, target: PaletteTarget, middle: Position): string {
  const { graph, selection, edit, types } = useEditor.getState();
  const started = startingParams(type);
  const size = sizeOfNew(type.container);
  const node = (position: Position) => newNode(graph, type, position, started);
  const put = (placed: GraphNode, change: Change) => {
    edit((current) => settled(change(current)), { select: [placed.id] });
    return placed.id;
  };
  const free = () => {
    const placed = node(freePlace(graph, types, middle, null, size));
    return put(placed, addNode(placed));
  };
  const after = (source: GraphNode) => {
    const placed = node(placeAfter(graph, types, source, size));
    return put(placed, addNodeAfter(placed, source.id, types));
  };
  if (target.kind === "edge") {
    const edge = graph.edges.find((candidate) => candidate.id === target.edgeId);
    const room = edge === undefined ? null : roomOnEdge(graph, types, edge, size);
    if (room === null) return free();
    const placed = node(room.position);
    return put(placed, (current) =>
      insertOnEdge(placed, target.edgeId, types)(room.change(current)),
    );
  }
  if (target.kind === "after") {
    const parent = nodeById(graph, target.source)?.parent ?? null;
    const wanted = minus(target.position, cornerOf(graph, parent));
    const placed = node(freePlace(graph, types, wanted, parent, size));
    return put(placed, addNodeAfter(placed, target.source, types, target.port));
  }
  if (target.kind === "inside") {
    const last = lastInside(graph, target.container);
    if (last !== undefined) return after(last);
    const placed = { ...node(FIRST_INSIDE), parent: target.container };
    return put(placed, addNode(placed));
  }
  const beside = nodeById(graph, selectedNodeId(graph, selection) ?? "");
  return beside === undefined || isTrigger(type) ? free() : after(beside);
}

/** The inner node that nothing follows yet; the one farthest to the right if there are several. */
function lastInside(graph: Graph, container: string): GraphNode | undefined {
  const leads = new Set(graph.edges.map((edge) => edge.source));
  return childrenOf(graph, container)
    .filter((node) => !leads.has(node.id))
    .sort((a, b) => b.position.x - a.position.x)[0];
}

/** Adds a node where it was dropped: into the frame or the edge below the pointer if there is one. */
export function dropNode(type: NodeType, position: Position, edgeId: string | null): void {
  const { graph, edit, types } = useEditor.getState();
  const size = sizeOfNew(type.container);
  const middle = plus(position, { x: size.width / 2, y: NODE_HEIGHT / 2 });
  const edge = graph.edges.find((candidate) => candidate.id === edgeId);
  const below =
    edge === undefined
      ? containerAt(graph, types, middle)
      : (nodeById(graph, edge.source)?.parent ?? null);
  const parent = isTrigger(type) ? null : below;
  const wanted = minus(position, cornerOf(graph, parent));
  const place = freePlace(graph, types, wanted, parent, size);
  const placed = { ...newNode(graph, type, place, startingParams(type)), parent };
  const change = edgeId === null ? addNode(placed) : insertOnEdge(placed, edgeId, types);
  edit((current) => settled(change(current)), { select: [placed.id] });
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
