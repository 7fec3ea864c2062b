import { type Choice, type FieldSchema, fieldsOf, resolve } from "./fields";
import { isJsonObject, type JsonObject, type JsonValue } from "./graph";
import type { NodeType, NodeTypes } from "./node-type";

/** What a node may wait for, as the form shows it: the built-in kinds first, then every connector's triggers. */
export function awaitable(
  schema: FieldSchema,
  root: FieldSchema,
  types: NodeTypes,
  titleOf: (connector: string) => string,
): Choice[] {
  const [kind] = fieldsOf(ownSchema(schema, root), root).filter((field) => field.name === "type");
  const ofConnectors = [...types.values()]
    .filter(isOfConnector)
    .map((type) => ({ value: type.type, label: `${titleOf(type.group)}: ${type.title}` }))
    .sort((one, other) => one.label.localeCompare(other.label));
  return [...(kind?.choices ?? []), ...ofConnectors];
}

/** The form of the built-in kinds: the first alternative of the union. */
export function ownSchema(schema: FieldSchema, root: FieldSchema): FieldSchema {
  const [first] = schema.oneOf ?? [];
  return first === undefined ? schema : resolve(first, root);
}

/** The connector's trigger that is waited for, or null while it is a built-in kind. */
export function awaitedType(trigger: JsonObject, types: NodeTypes): NodeType | null {
  const type = types.get(String(trigger.type));
  return type !== undefined && isOfConnector(type) ? type : null;
}

/** The node's account, or that of the trigger it waits for. */
export function awaitedConnection(value: JsonValue | undefined): string | null {
  const connection = isJsonObject(value) ? value.connection_id : null;
  return typeof connection === "string" ? connection : null;
}

/** Whether something listens in the node's name while the workflow is published. */
export function listens(type: NodeType, params: JsonObject): boolean {
  return type.trigger || (type.type === "core.wait" && params.for === "event");
}

/** Whether a draft can hear of it without an address that somebody has to call. */
export function happensElsewhere(type: NodeType): boolean {
  return type.type === "core.event" || isOfConnector(type);
}

function isOfConnector(type: NodeType): boolean {
  return type.trigger && !type.type.startsWith("core.");
}
