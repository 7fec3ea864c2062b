import { connect, connectRefusal, fittingWire, type Wire } from "./connect";
import { renameInExpressions } from "./expression";
import type { FieldSchema } from "./fields";
import { withInner } from "./frames";
import { freshEdgeId, freshNodeId, freshTitle, titlesOf } from "./fresh";
import {
  type Change,
  DEFAULT_NODE_SETTINGS,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type GraphSettings,
  type JsonObject,
  type JsonValue,
  type NodeSettings,
  nodeById,
  type Position,
} from "./graph";
import { type NodeType, type NodeTypes, namedOutputs, outputPorts } from "./node-type";
import { withoutDependents } from "./options";

export function newNode(
  graph: Graph,
  type: NodeType,
  position: Position,
  params: JsonObject = {},
): GraphNode {
  return {
    id: freshNodeId(type.type),
    type: type.type,
    title: freshTitle(titlesOf(graph), type.title),
    position,
    params,
    connection_id: null,
    disabled: false,
    notes: null,
    parent: null,
    pinned: null,
    settings: DEFAULT_NODE_SETTINGS,
  };
}

export function addNode(node: GraphNode): Change {
  return (graph) => ({ ...graph, nodes: [...graph.nodes, node] });
}

/** Adds a node behind another, on the first port that is free and fits. */
export function addNodeAfter(
  node: GraphNode,
  source: string,
  types: NodeTypes,
  port?: string,
): Change {
  return (graph) => {
    const added = addNode({ ...node, parent: nodeById(graph, source)?.parent ?? null })(graph);
    const wire = fittingWire(added, types, source, node.id);
    if (wire === null) return added;
    const wanted = port === undefined ? wire : { ...wire, port };
    return connectRefusal(added, types, wanted) === null ? connect(wanted)(added) : added;
  };
}

/** Puts a node into the middle of an edge; where it doesn't fit, it is only placed. */
export function insertOnEdge(node: GraphNode, edgeId: string, types: NodeTypes): Change {
  return (graph) => {
    const edge = graph.edges.find((candidate) => candidate.id === edgeId);
    if (edge === undefined) return addNode(node)(graph);
    const parent = nodeById(graph, edge.source)?.parent ?? null;
    const placed =
      nodeById(graph, node.id) === undefined ? addNode({ ...node, parent })(graph) : graph;
    const cut = { ...placed, edges: placed.edges.filter((candidate) => candidate.id !== edgeId) };
    const into = fittingWire(cut, types, edge.source, node.id);
    if (into === null) return placed;
    const joined = replaceEdge(placed, edge, [{ ...into, port: edge.port }]);
    const onwards = fittingWire(joined, types, node.id, edge.target);
    return onwards === null
      ? placed
      : replaceEdge(placed, edge, [
          { ...into, port: edge.port },
          { ...onwards, input: edge.input },
        ]);
  };
}

function replaceEdge(graph: Graph, edge: GraphEdge, wires: Wire[]): Graph {
  const put = wires.map((wire, index) => ({ id: index === 0 ? edge.id : freshEdgeId(), ...wire }));
  return {
    ...graph,
    edges: graph.edges.flatMap((candidate) => (candidate.id === edge.id ? put : [candidate])),
  };
}

/** Removes nodes with all that is in them; what fed a removed node now feeds what it fed, when only one way led on. */
export function removeNodes(chosen: ReadonlySet<string>, types: NodeTypes): Change {
  return (graph) => {
    const ids = withInner(graph, chosen);
    const rejoined = [...ids].reduce((current, id) => bridge(current, id, types), graph);
    return {
      ...rejoined,
      nodes: rejoined.nodes.filter((node) => !ids.has(node.id)),
      notes: rejoined.notes.filter((note) => !ids.has(note.id)),
      edges: rejoined.edges.filter((edge) => !ids.has(edge.source) && !ids.has(edge.target)),
    };
  };
}

function bridge(graph: Graph, id: string, types: NodeTypes): Graph {
  const before = graph.edges.filter((edge) => edge.target === id);
  const after = graph.edges.filter((edge) => edge.source === id);
  if (new Set(after.map((edge) => edge.port)).size !== 1) return graph;
  const wires = before.flatMap((into) =>
    after.map((out) => ({
      source: into.source,
      port: into.port,
      target: out.target,
      input: out.input,
    })),
  );
  return wires.reduce(
    (current, wire) =>
      connectRefusal(current, types, wire) === null ? connect(wire)(current) : current,
    graph,
  );
}

function changeNode(id: string, change: (node: GraphNode) => GraphNode): Change {
  return (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === id ? change(node) : node)),
  });
}

export function moveNodes(positions: ReadonlyMap<string, Position>): Change {
  return (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => moved(node, positions.get(node.id))),
    notes: graph.notes.map((note) => moved(note, positions.get(note.id))),
  });
}

function moved<T extends { position: Position }>(thing: T, to: Position | undefined): T {
  return to === undefined || (to.x === thing.position.x && to.y === thing.position.y)
    ? thing
    : { ...thing, position: to };
}

/**
 * Sets one parameter, as `setParam`. Wires on a port that it renames stay on the port; what was chosen for its former
 * value (a list of another board) goes.
 */
export function setParamAndPorts(
  id: string,
  name: string,
  value: JsonValue | undefined,
  types: NodeTypes,
): Change {
  return (graph) => {
    const schema = types.get(nodeById(graph, id)?.type ?? "")?.params_schema as FieldSchema;
    const changed = changeNode(id, (node) => ({
      ...node,
      params: withoutDependents(schema ?? {}, node.params, name),
    }))(setParam(id, name, value)(graph));
    const [before, after] = [nodeById(graph, id), nodeById(changed, id)];
    if (before === undefined || after === undefined) return changed;
    const moved = movedPorts(types.get(before.type), before, after);
    if (moved === null) return changed;
    const follow = (edge: GraphEdge) => {
      const port = edge.source === id ? moved(edge.port) : "";
      return port === "" ? edge : { ...edge, port };
    };
    return { ...changed, edges: changed.edges.map(follow) };
  };
}

/** Where the wires of a port go when names changed in their places; "" for nowhere else, `null` if nothing moved. */
function movedPorts(
  type: NodeType | undefined,
  before: GraphNode,
  after: GraphNode,
): ((port: string) => string) | null {
  const [old, now] = [namedOutputs(type, before.params), namedOutputs(type, after.params)];
  const changes = old.flatMap((was, index) =>
    was === now[index] ? [] : [{ was, is: now[index] }],
  );
  const [change] = changes;
  if (old.length !== now.length || changes.length !== 1 || change === undefined) return null;
  if (typeof change.is !== "string" || change.is === "") return null;
  const { was, is } = change;
  const ports = outputPorts(type, before);
  // A name that was cleared to be written anew left its wires without a port.
  return (port) => (port === was || (was === "" && !ports.includes(port)) ? is : "");
}

/** Sets one parameter; `undefined` takes it out, so that its default holds again. */
export function setParam(id: string, name: string, value: JsonValue | undefined): Change {
  return changeNode(id, (node) => {
    const { [name]: _, ...rest } = node.params;
    return { ...node, params: value === undefined ? rest : { ...node.params, [name]: value } };
  });
}

export function setConnection(id: string, connectionId: string | null): Change {
  return changeNode(id, (node) => ({ ...node, connection_id: connectionId }));
}

export function setSettings(id: string, settings: Partial<NodeSettings>): Change {
  return changeNode(id, (node) => ({ ...node, settings: { ...node.settings, ...settings } }));
}

export function setDisabled(ids: ReadonlySet<string>, disabled: boolean): Change {
  return (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => (ids.has(node.id) ? { ...node, disabled } : node)),
  });
}

export function setNotes(id: string, notes: string): Change {
  return changeNode(id, (node) => ({ ...node, notes: notes === "" ? null : notes }));
}

/** Renames a node and every `$('…')` that names it. A title in use gets a number. */
export function rename(id: string, title: string): Change {
  return (graph) => {
    const old = nodeById(graph, id)?.title;
    const wanted = title.trim();
    if (old === undefined || wanted === "" || wanted === old) return graph;
    const others = new Set(graph.nodes.filter((node) => node.id !== id).map((node) => node.title));
    const fresh = freshTitle(others, wanted);
    const titles = new Map([[old, fresh]]);
    return {
      ...graph,
      nodes: graph.nodes.map((node) => ({
        ...node,
        title: node.id === id ? fresh : node.title,
        params: renameInExpressions(node.params, titles) as JsonObject,
      })),
    };
  };
}

export function setGraphSettings(settings: Partial<GraphSettings>): Change {
  return (graph) => ({ ...graph, settings: { ...graph.settings, ...settings } });
}
