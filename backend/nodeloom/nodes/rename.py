"""core.rename: give fields other names, or keep or drop some of them."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import Absent, DottedPath, read, without, written
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints


class Renaming(Params):
    from_: DottedPath = Field(alias="from", title="From", examples=["customer.mail"])
    to: DottedPath = Field(title="To", examples=["email"])


class RenameParams(Params):
    mode: Literal["rename", "keep", "drop"] = Field(
        default="rename",
        title="What to do",
        json_schema_extra=hints(
            labels={"rename": "Rename fields", "keep": "Keep only some fields", "drop": "Drop some fields"}
        ),
    )
    fields: list[Renaming] = Field(
        default=[],
        title="Fields",
        description="All at once, so two fields can change places. A field that already has the new name is replaced.",
        examples=[[{"from": "mail", "to": "email"}]],
        json_schema_extra=hints(show_if={"mode": ["rename"]}),
    )
    names: list[DottedPath] = Field(
        default=[],
        title="Fields",
        description="Dots lead into objects.",
        examples=[["id", "customer.email"]],
        json_schema_extra=hints(show_if={"mode": ["keep", "drop"]}),
    )
    missing: Literal["ignore", "fail"] = Field(
        default="ignore",
        title="If an item lacks a field",
        json_schema_extra=hints(advanced=True, labels={"ignore": "Go on without it", "fail": "The item fails"}),
    )

    @model_validator(mode="after")
    def _names_fields(self) -> "RenameParams":
        if not (self.fields if self.mode == "rename" else self.names):
            raise ValueError("name at least one field")
        targets = [field.to for field in self.fields]
        for position, name in enumerate(targets):
            if name in targets[:position]:
                raise ValueError(f"two fields would be called “{name}”")
        return self


def _rename(params: RenameParams, item: Item, _ctx: NodeContext) -> Emitted:
    match params.mode:
        case "rename":
            json = _renamed(item.json, params)
        case "keep":
            json = _kept(item.json, params)
        case "drop":
            list(_present(item.json, params.names, params.missing))
            json = item.json
            for name in params.names:
                json = without(json, name)
    return Emitted({"out": (Item(json, item.files),)})


def _renamed(json: dict[str, JsonValue], params: RenameParams) -> dict[str, JsonValue]:
    """A place in a list is copied, not moved: taking it out would shift the ones behind it."""
    values = dict(_present(json, [field.from_ for field in params.fields], params.missing))
    for name in values:
        json = without(json, name)
    for field in params.fields:
        if field.from_ in values:
            json = written(json, field.to, values[field.from_])
    return json


def _kept(json: dict[str, JsonValue], params: RenameParams) -> dict[str, JsonValue]:
    kept: dict[str, JsonValue] = {}
    for name, value in _present(json, params.names, params.missing):
        # A field whose own name holds dots keeps that name.
        kept = {**kept, name: value} if name in json else written(kept, name, value)
    return kept


def _present(
    json: dict[str, JsonValue], names: Iterable[str], missing: Literal["ignore", "fail"]
) -> Iterable[tuple[str, JsonValue]]:
    for name in names:
        value = read(json, name)
        if not isinstance(value, Absent):
            yield name, value
        elif missing == "fail":
            there = ", ".join(list(json)[:8]) or "no fields"
            raise NodeFailed(
                "missing_field", f"The item has no field “{name}”: it has {there}.", "Choose one of these."
            )


RENAME = NodeType(
    NodeSpec("core.rename", "Rename fields", RenameParams),
    description="Gives fields other names, keeps only some of them, or drops some.",
    group="data",
    icon="tag",
    run=_rename,
    aliases=("rename keys", "pick", "omit", "select", "columns", "keep fields", "remove fields"),
    summary="",
)
