"""An action: a typed async function with what the product must know about it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel

if TYPE_CHECKING:
    from nodeloom_connectors.sdk.effect import Effect, EffectBy
    from nodeloom_connectors.sdk.files import FileRef, Files

ClientT = TypeVar("ClientT")
ParamsT = TypeVar("ParamsT", bound=BaseModel)
ResultT = TypeVar("ResultT")


class Log(Protocol):
    """Structured lines of the node run: a message and fields. Never pass a secret."""

    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...


@dataclass(frozen=True)
class Usage:
    """A ledger line: `quantity` of `unit` ("tokens_in", "calls"), and what it cost if the service tells."""

    unit: str
    quantity: Decimal
    cost_usd: Decimal | None = None


@dataclass(frozen=True)
class ApprovalDoor:
    """What an action that asks for an approval hands to the service.

    `url` is a page that asks and takes the answer: nothing happens by opening it. `approve` and `reject` are opaque
    values to put behind buttons; they come back as `Decision.value`.
    """

    url: str
    approve: str
    reject: str


@dataclass(frozen=True)
class ActionContext(Generic[ClientT]):
    """All that an action gets beside its params.

    `idempotency_key` is the same for every attempt of this node run and differs between its items. `approval` is set
    for actions that wait for one.
    """

    client: ClientT
    idempotency_key: str
    files: Files
    log: Log
    report_usage: Callable[[Usage], None]
    approval: ApprovalDoor | None = None


@dataclass(frozen=True)
class WithFiles(Generic[ResultT]):
    """A result together with files: what an action returns when it made some."""

    result: ResultT
    files: Mapping[str, FileRef] = field(default_factory=dict[str, "FileRef"])


@dataclass(frozen=True)
class Action(Generic[ClientT, ParamsT, ResultT]):
    """One thing that a service can do; its node type is `<connector>.<name>`.

    `run` returns one model (one item), a list of models (that many items), or either as `WithFiles`.
    `summary` is a template over the params for the card's second line. `confirm` finds out after an unknown outcome
    whether the call happened: the result if it did, None if it did not, `OutcomeUnknown` if that can't be told.
    `scopes`: what the connection must have been granted. Where it `waits` for an approval, the call only asks; the
    node then has the ports approved, rejected and timeout, and its params have `timeout_s` (seconds or None) and
    `message`.
    """

    name: str
    title: str
    description: str
    params: type[ParamsT]
    effect: Effect | EffectBy
    run: Callable[[ActionContext[ClientT], ParamsT], Awaitable[ResultT]]
    summary: str
    icon: str | None
    aliases: tuple[str, ...]
    confirm: Callable[[ActionContext[ClientT], ParamsT], Awaitable[ResultT | None]] | None
    scopes: tuple[str, ...] = ()
    waits: Literal["approval"] | None = None

    def effect_of(self, params: ParamsT) -> Effect:
        """What this very call does to the world. An unlisted value counts as `once`, the careful side."""
        if isinstance(self.effect, str):
            return self.effect
        if self.effect.resolve is not None:
            return self.effect.resolve(params)
        return self.effect.values.get(str(getattr(params, self.effect.param)), "once")


def action(
    *,
    title: str,
    effect: Effect | EffectBy,
    summary: str = "",
    icon: str | None = None,
    aliases: Sequence[str] = (),
    confirm: Callable[[ActionContext[Any], Any], Awaitable[Any]] | None = None,
    scopes: Sequence[str] = (),
    waits: Literal["approval"] | None = None,
) -> Callable[[Callable[[ActionContext[ClientT], ParamsT], Awaitable[ResultT]]], Action[ClientT, ParamsT, ResultT]]:
    """Make an async function an action: its name, docstring and second parameter's type say the rest."""

    def declare(
        run: Callable[[ActionContext[ClientT], ParamsT], Awaitable[ResultT]],
    ) -> Action[ClientT, ParamsT, ResultT]:
        name = run.__name__
        parameters = list(inspect.signature(run).parameters)
        params = get_type_hints(run)[parameters[1]]
        return Action(
            name=name,
            title=title,
            description=inspect.getdoc(run) or "",
            params=params,
            effect=effect,
            run=run,
            summary=summary,
            icon=icon,
            aliases=tuple(aliases),
            confirm=confirm,
            scopes=tuple(scopes),
            waits=waits,
        )

    return declare
