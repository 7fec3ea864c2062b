"""What a node that waits for an event listens by: a trigger of its own, under the id of the node."""

from nodeloom.graph.document import Node
from nodeloom.graph.json_value import JsonValue

WAIT = "core.wait"

_NO_PARAMS = ("type", "connection_id")


def awaited_trigger(node: Node) -> Node | None:
    """The trigger that the node stands for while it is published; None for every other node."""
    trigger = node.params.get("trigger")
    if node.type != WAIT or node.params.get("for") != "event" or not isinstance(trigger, dict):
        return None
    type_name = trigger.get("type")
    if not isinstance(type_name, str):
        return None
    params = {name: value for name, value in trigger.items() if name not in _NO_PARAMS and value is not None}
    connection_id = trigger.get("connection_id")
    account = connection_id if isinstance(connection_id, str) and connection_id else None
    return node.model_copy(update={"type": type_name, "params": params, "connection_id": account})


def listening(node: Node) -> Node:
    """The node as whoever looks for triggers sees it."""
    return awaited_trigger(node) or node


def with_path(node: Node, path: str) -> Node:
    """The same node under another address."""
    changed: JsonValue = path
    if awaited_trigger(node) is not None:
        trigger = node.params["trigger"]
        changed = {**(trigger if isinstance(trigger, dict) else {}), "path": path}
        return node.model_copy(update={"params": {**node.params, "trigger": changed}})
    return node.model_copy(update={"params": {**node.params, "path": changed}})
