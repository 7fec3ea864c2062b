"""The graph document (format 1): what the editor draws, what is stored, what the compiler reads.

The models check shape alone. What a draft may still have wrong (a missing parameter, a cycle, a number out of range)
is the compiler's to say, so that unfinished work can always be saved.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationInfo, field_validator

# Ids stand in addresses and in scope paths, hence no slash, colon or control character.
Id = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/:]{1,100}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Position(_Part):
    x: Number = 0
    y: Number = 0


class Size(_Part):
    width: Number = 240
    height: Number = 80


class Retry(_Part):
    """`max_attempts` counts all tries; the wait grows from `base_s` by `factor` up to `max_s`, all in seconds."""

    max_attempts: int = 1
    base_s: Number = 2
    factor: Number = 2
    max_s: Number = 600
    jitter: bool = True


class NodeSettings(_Part):
    retry: Retry | None = None
    timeout_s: Number | None = None
    on_error: Literal["stop", "continue", "port"] = "stop"
    always_output: bool = False
    execute_once: bool = False
    in_doubt: Literal["ask", "repeat", "fail"] = "ask"


class Node(_Part):
    """`title` is what people and expressions call it; `parent` is the container it stands in."""

    id: Id
    type: Name
    title: str = Field(default="", max_length=200, validate_default=True)
    position: Position = Position()
    params: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    connection_id: str | None = None
    disabled: bool = False
    notes: str | None = None
    parent: str | None = None
    pinned: dict[str, list[dict[str, JsonValue]]] | None = None
    settings: NodeSettings = NodeSettings()

    @field_validator("title", mode="before")
    @classmethod
    def _called_by_its_id(cls, title: object, given: ValidationInfo) -> object:
        """A title that is empty, as while a person types it anew, is the id."""
        return title or given.data.get("id", "")


class Edge(_Part):
    """From a port of one node to an input of another; `parse_graph` names an edge that came without an id."""

    id: Id
    source: str
    port: Name = "out"
    target: str
    input: Name = "in"


class Note(_Part):
    id: Id
    text: str = ""
    position: Position = Position()
    size: Size = Size()
    color: str = "yellow"


class GraphSettings(_Part):
    timezone: str = "UTC"
    timeout_s: Number | None = 3600
    max_concurrent_runs: int | None = None
    on_failure_workflow: str | None = None
    keep_when_off: bool = False


class Graph(_Part):
    format: Literal[1] = 1
    nodes: list[Node] = Field(default_factory=list[Node])
    edges: list[Edge] = Field(default_factory=list[Edge])
    notes: list[Note] = Field(default_factory=list[Note])
    settings: GraphSettings = GraphSettings()
