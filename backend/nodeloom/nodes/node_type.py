"""What a built-in node type is, what its function is given and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.file_store import FileStore, NoFiles
from nodeloom.nodes.stop import Stop

Group: TypeAlias = Literal["trigger", "flow", "data", "human", "code", "http"]


class NodeFailed(Exception):
    """The node refuses its input or its parameters; trying again will not help.

    `line` is one of the user's code, `run_id` the run of another workflow that failed.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", line: int | None = None, run_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.line = line
        self.run_id = run_id


@dataclass(frozen=True)
class Answer:
    """What the caller of a webhook gets."""

    status: int
    headers: Mapping[str, str]
    body: JsonValue | ArtifactRef


WaitFor: TypeAlias = Literal["time", "call", "event", "approval", "child"]
"""What a parked node waits for, and by what it goes on."""


@dataclass(frozen=True)
class Resumption:
    """Why a parked node goes on; a call brings `{body, headers, query, method}`."""

    kind: WaitFor
    payload: Mapping[str, JsonValue] | None


@dataclass(frozen=True)
class WorkflowCalled:
    """Start that workflow with these items: its live version, or the one named.

    Where the node waits, it is resumed with `{run_id, items}` of the run's end, or `{run_id, error}`.
    """

    workflow_id: str
    version: int | None
    items: Sequence[Item]
    run_id: str
    waits: bool


@dataclass(frozen=True)
class ApprovalAsked:
    """Ask for a yes or no. `approvers` are roles, e-mails and ids of members, or “anyone”: whoever has the link."""

    message: str
    approvers: Sequence[str]
    until: datetime | None


@dataclass(frozen=True)
class EventAwaited:
    """Wake the node by the first event of its own subscription, from the run's begin on, that fits the conditions.

    Each is `{left, operator, right}`, with `left` a path into the event's item.
    """

    conditions: Sequence[Mapping[str, JsonValue]]
    timezone: str
    until: datetime | None


@dataclass(frozen=True)
class EventSent:
    """Put an event into the inbox of the workspace."""

    name: str
    payload: JsonValue


Ask: TypeAlias = WorkflowCalled | ApprovalAsked | EventAwaited | EventSent
"""What a node wants of the installation: it is carried out in the transaction that writes what the node did."""


def _unheard(_level: str, _text: str) -> None:
    pass


def _no_id() -> str:
    return ""


_NO_FILES = NoFiles()


# Not frozen: one is made for every node that runs, and freezing triples the cost of that.
@dataclass(slots=True)
class NodeContext:
    """`names` are `vars`, `run` and `workflow`, for code; `log` takes a level and a line of the run's log.

    `stop` ends what the node has under way in other processes.
    """

    now: datetime
    timezone: str
    resumed: Resumption | None = None
    names: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    log: Callable[[str, str], None] = _unheard
    stop: Stop = field(default_factory=Stop)
    files: FileStore = _NO_FILES
    new_run_id: Callable[[], str] = _no_id


@dataclass(frozen=True)
class Emitted:
    """Items by port; a port that is not named gave none."""

    ports: Mapping[str, Sequence[Item]]
    answer: Answer | None = None
    asks: Sequence[Ask] = ()


@dataclass(frozen=True)
class Parked:
    """The node waits, without a worker, until `until` or what `reason` says; None: without limit."""

    reason: WaitFor
    until: datetime | None
    asks: Sequence[Ask] = ()


@dataclass(frozen=True)
class Opened:
    """A container began: the items of each of its scopes, and how many scopes may run side by side.

    With `collects_errors` a scope that fails gives its items to the port `errors`; else it fails the run.
    """

    scopes: Sequence[Sequence[Item]]
    at_once: int
    collects_errors: bool


NodeResult: TypeAlias = Emitted | Parked | Opened


@dataclass(frozen=True)
class NodeType:
    """A node type as the palette, the compiler and the engine see it.

    `run` is `(params, item, ctx)` for spec.mode "each" and `(params, inputs, ctx)` for "all", with `params` an
    instance of `spec.params`; triggers have none. `summary` is a template over the params for the card's second line;
    of several, parted by `|`, the first that the params fill.
    """

    spec: NodeSpec
    description: str
    group: Group
    icon: str
    run: Callable[[Any, Any, NodeContext], NodeResult] | None
    aliases: tuple[str, ...] = ()
    summary: str = ""
