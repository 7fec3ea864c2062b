"""core.table: rows in a table of the workspace. What is done with it is an action, called like a connector's."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from pydantic import Field, model_validator

from nodeloom.compiler.catalog import EffectBy, NodeSpec
from nodeloom.graph.effect import Effect
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.conditions import OPERATOR_WORDS, Combine, Operator
from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.params import Params, hints

Operation: TypeAlias = Literal["insert", "upsert", "get", "update", "delete"]
MOST_ROWS: Final = 5_000
EFFECTS: Final[Mapping[str, Effect]] = {
    "insert": "idempotent",
    "upsert": "idempotent",
    "get": "read",
    "update": "idempotent",
    "delete": "idempotent",
}
_WRITING: Final = ["insert", "upsert", "update"]
_CHOOSING: Final = ["get", "update", "delete"]
_WORDS: Final = {
    "insert": "Insert a row",
    "upsert": "Insert or update a row",
    "get": "Get rows",
    "update": "Update rows",
    "delete": "Delete rows",
}


class RowCondition(Params):
    """The condition builder's shape; what stands on the left is a column."""

    left: str = Field(title="Column", max_length=100, examples=["email"])
    operator: Operator = Field(title="Operator", json_schema_extra=hints(labels=OPERATOR_WORDS))
    right: JsonValue = Field(default=None, title="Compared with", examples=["{{ $json.email }}"])


class TableParams(Params):
    table: str = Field(
        title="Table",
        description="By name. Insert makes the table if there is none, with the row's columns.",
        min_length=1,
        max_length=100,
        examples=["customers"],
        json_schema_extra=hints("table"),
    )
    operation: Operation = Field(
        default="insert",
        title="Operation",
        description="“Insert or update” looks for the row with the same key, so the table needs key columns.",
        json_schema_extra=hints(labels=_WORDS),
    )
    row: dict[str, JsonValue] = Field(
        default_factory=dict[str, JsonValue],
        title="Row",
        description="Values by column, or an expression that gives all of them. What is left out stays, or is empty.",
        examples=[{"email": "{{ $json.email }}", "name": "{{ $json.name }}"}],
        json_schema_extra=hints("row", show_if={"operation": _WRITING}),
    )
    key: list[str] = Field(
        default_factory=list[str],
        title="Key columns",
        description="For a table that is made here: the columns that tell rows apart.",
        max_length=5,
        examples=[["email"]],
        json_schema_extra=hints(advanced=True, show_if={"operation": ["upsert"]}),
    )
    new_columns: Literal["refuse", "add"] = Field(
        default="refuse",
        title="Unknown columns",
        description="What becomes of values for columns that the table does not have.",
        json_schema_extra=hints(
            advanced=True, show_if={"operation": _WRITING}, labels={"refuse": "Are an error", "add": "Are added"}
        ),
    )
    conditions: list[RowCondition] = Field(
        default_factory=list[RowCondition],
        title="Rows where",
        description="None: all rows (update and delete want at least one).",
        max_length=50,
        examples=[[{"left": "email", "operator": "equals", "right": "{{ $json.email }}"}]],
        json_schema_extra=hints("conditions", show_if={"operation": _CHOOSING}),
    )
    combine: Combine = Field(default="and", json_schema_extra=hints(show_if={"operation": _CHOOSING}))
    sort_by: str | None = Field(
        default=None,
        title="Sort by",
        description="A column, or id, created_at, updated_at. Else the oldest row comes first.",
        max_length=100,
        examples=["updated_at"],
        json_schema_extra=hints(show_if={"operation": ["get"]}),
    )
    order: Literal["ascending", "descending"] = Field(
        default="ascending", title="Order", json_schema_extra=hints(show_if={"operation": ["get"]})
    )
    limit: int = Field(
        default=100, title="At most", ge=1, le=MOST_ROWS, json_schema_extra=hints(show_if={"operation": ["get"]})
    )
    offset: int = Field(
        default=0,
        title="Skip",
        description="So many rows are left out at the beginning.",
        ge=0,
        le=1_000_000,
        json_schema_extra=hints(advanced=True, show_if={"operation": ["get"]}),
    )

    @model_validator(mode="after")
    def _says_what(self) -> "TableParams":
        if self.operation in _WRITING and not self.row:
            raise ValueError("say what to write: give the row at least one column")
        if self.operation in ("update", "delete") and not self.conditions:
            raise ValueError("say which rows: give at least one condition")
        return self


TABLE = NodeType(
    NodeSpec("core.table", "Table", TableParams, effect=EffectBy("operation", EFFECTS)),
    description="Keeps rows in a table of this workspace, and finds them again: no other service is needed.",
    group="data",
    icon="table-2",
    run=None,
    aliases=("data store", "database", "data table", "rows", "upsert", "lookup", "remember", "sheet", "deduplicate"),
    summary="{operation} {table}",
)
