"""The installed node types: the built-in ones, and every action of every connector."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeAlias, cast

import structlog
from pydantic import BaseModel

from nodeloom.adapters.confined import ConfinedReaders
from nodeloom.adapters.sandbox import PythonSandbox
from nodeloom.compiler.catalog import EffectBy, NodeSpec
from nodeloom.graph.effect import Effect
from nodeloom.nodes.code import code_node
from nodeloom.nodes.files.extract import extract_node
from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.registry import BUILT_IN
from nodeloom_connectors.sdk import Action, AnyTrigger, Connector, NoAuth
from nodeloom_connectors.sdk import EffectBy as SdkEffectBy

GROUP = "nodeloom.connectors"

AnyAction: TypeAlias = Action[Any, Any, Any]

_DECISIONS = ("approved", "rejected", "timeout")

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Unavailable:
    """A connector that is installed but can't be used, and why."""

    name: str
    problem: str


class InstalledCatalog:
    """What the compiler asks for node types, and the run for what is behind them.

    What is installed never changes; a workspace may have connectors of its own beside it.
    """

    def __init__(
        self,
        built_in: Mapping[str, NodeType],
        connectors: Iterable[Connector],
        unavailable: Sequence[Unavailable] = (),
    ) -> None:
        self._built_in = dict(built_in)
        self._connectors = {connector.name: connector for connector in connectors}
        self._actions = {
            f"{connector.name}.{action.name}": (connector, action)
            for connector in self._connectors.values()
            for action in connector.actions
        }
        self._triggers = {
            f"{connector.name}.{trigger.name}": (connector, trigger)
            for connector in self._connectors.values()
            for trigger in connector.triggers
        }
        self._specs = (
            {type_: node_type.spec for type_, node_type in self._built_in.items()}
            | {
                type_: _trigger_spec(type_, connector, trigger)
                for type_, (connector, trigger) in self._triggers.items()
            }
            | {type_: _spec(type_, connector, action) for type_, (connector, action) in self._actions.items()}
        )
        self.unavailable = tuple(unavailable)
        self._of: dict[str, InstalledCatalog] = {}

    def of(self, workspace_id: str) -> "InstalledCatalog":
        """With the workspace's own connectors, as far as this process was told of them."""
        return self._of.get(workspace_id, self)

    def extend(self, workspace_id: str, connectors: Iterable[Connector], unavailable: Sequence[Unavailable]) -> None:
        """From now on the workspace has these beside what is installed."""
        whole = [*self._connectors.values(), *connectors]
        self._of[workspace_id] = InstalledCatalog(self._built_in, whole, (*self.unavailable, *unavailable))

    @property
    def connectors(self) -> Sequence[Connector]:
        """By name."""
        return [self._connectors[name] for name in sorted(self._connectors)]

    def types(self) -> Iterable[str]:
        return self._specs.keys()

    def node_spec(self, type_name: str, /) -> NodeSpec | None:
        return self._specs.get(type_name)

    def built_in(self, type_name: str, /) -> NodeType | None:
        return self._built_in.get(type_name)

    def action(self, type_name: str, /) -> tuple[Connector, AnyAction] | None:
        return self._actions.get(type_name)

    def trigger(self, type_name: str, /) -> tuple[Connector, AnyTrigger] | None:
        return self._triggers.get(type_name)

    def connector(self, name: str) -> Connector | None:
        return self._connectors.get(name)


def load_catalog(code: NodeType | None = None) -> InstalledCatalog:
    """Everything that is installed, with `code` as the node that runs a person's code.

    A connector that can't be loaded is named, never in the way of the others.
    """
    connectors: dict[str, Connector] = {}
    unavailable: list[Unavailable] = []
    for entry in sorted(entry_points(group=GROUP), key=_ours_first):
        loaded = _load(entry, connectors)
        if isinstance(loaded, Connector):
            connectors[loaded.name] = loaded
        else:
            _log.error("connector_unavailable", connector=entry.name, problem=loaded.problem)
            unavailable.append(loaded)
    code = code or code_node(PythonSandbox())
    extract = extract_node(ConfinedReaders())
    built_in = {**BUILT_IN, code.spec.type: code, extract.spec.type: extract}
    return InstalledCatalog(built_in, connectors.values(), unavailable)


def _ours_first(entry: EntryPoint) -> tuple[bool, str]:
    return (not entry.value.startswith("nodeloom_connectors."), entry.name)


def _load(entry: EntryPoint, known: Mapping[str, Connector]) -> Connector | Unavailable:
    if entry.name in known:
        return Unavailable(entry.name, f"Another connector is called {entry.name} already.")
    try:
        connector: object = entry.load()
        if not isinstance(connector, Connector):
            return Unavailable(entry.name, f"{entry.value} is not a Connector.")
        if connector.name != entry.name:
            return Unavailable(
                entry.name, f"The connector calls itself {connector.name}, its entry point {entry.name}."
            )
        for action in (*connector.actions, *connector.triggers):
            action.params.model_json_schema()
    except Exception as error:  # noqa: BLE001 - a stranger's package may raise anything while it is imported
        return Unavailable(entry.name, f"{type(error).__name__}: {error}")
    return connector


def _spec(type_: str, connector: Connector, action: AnyAction) -> NodeSpec:
    return NodeSpec(
        type=type_,
        title=action.title,
        params=cast("Any", action.params),
        mode="each",
        outputs=("out",) if action.waits is None else _DECISIONS,
        effect=_effect(action.effect),
        connection=_account_of(connector),
        scopes=action.scopes,
        literal=_literal(action.params),
    )


def _literal(params: type[BaseModel]) -> tuple[str, ...]:
    """The fields marked `x-literal`: text that must never be put together, such as a statement for a database."""
    marks = {field.alias or name: field.json_schema_extra for name, field in params.model_fields.items()}
    return tuple(name for name, mark in marks.items() if mark and not callable(mark) and mark.get("x-literal") is True)


def _trigger_spec(type_: str, connector: Connector, trigger: AnyTrigger) -> NodeSpec:
    return NodeSpec(
        type=type_,
        title=trigger.title,
        params=cast("Any", trigger.params),
        trigger=True,
        mode="all",
        inputs=(),
        connection=_account_of(connector),
        can_fail=False,
        scopes=trigger.scopes,
        # It listens from the moment of publishing on: there is nothing yet that an expression could read.
        literal=tuple(field.alias or name for name, field in trigger.params.model_fields.items()),
    )


def _account_of(connector: Connector) -> str | None:
    return None if isinstance(connector.auth, NoAuth) else connector.name


def _effect(effect: Effect | SdkEffectBy) -> Effect | EffectBy:
    return effect if isinstance(effect, str) else EffectBy(effect.param, effect.values)
