import type { FieldSchema } from "../model/fields";
import { type Graph, type GraphNode, isJsonObject } from "../model/graph";
import type { NodeTypes } from "../model/node-type";

/** The address of a trigger that has one: a parameter of its type is the path below the type's base. */
export function hookAddress(node: GraphNode, schema: FieldSchema): string | null {
  const [name] =
    Object.entries(schema.properties ?? {}).find(([, field]) => field["x-widget"] === "path") ?? [];
  const path = name === undefined ? undefined : node.params[name];
  const base = schema["x-base"] ?? "/hooks/";
  return typeof path === "string" && path !== "" ? `${window.location.origin}${base}${path}` : null;
}

/** Where a node that waits for a request waits for it. */
export function awaitedRequest(node: GraphNode): { path: string; method: string } | null {
  const trigger = node.params.for === "event" ? node.params.trigger : null;
  if (node.type !== "core.wait" || !isJsonObject(trigger) || trigger.type !== "core.webhook") {
    return null;
  }
  const path = typeof trigger.path === "string" ? trigger.path.replace(/^\/+|\/+$/g, "") : "";
  if (path === "") return null;
  const method = typeof trigger.method === "string" ? trigger.method : "POST";
  return { path: `/hooks/${path}`, method };
}

export function hookAddresses(graph: Graph, types: NodeTypes): string[] {
  return graph.nodes.flatMap((node) => {
    const schema = types.get(node.type)?.params_schema;
    const address =
      schema === undefined || node.disabled ? null : hookAddress(node, schema as FieldSchema);
    return address === null ? [] : [address];
  });
}
