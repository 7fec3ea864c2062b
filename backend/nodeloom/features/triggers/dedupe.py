"""By what a repeated delivery is known again."""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nodeloom.adapters.columns import dump_json
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.scope import NodeView
from nodeloom.expressions.template import Template, compile_template, evaluate
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue

# Delivery ids that senders repeat on a retry: the IETF draft, Standard Webhooks, GitHub.
_DELIVERY_HEADERS = ("idempotency-key", "webhook-id", "x-github-delivery")
_LONGEST = 200
_PLAIN_PATH = re.compile(r"""\s*\{\{\s*\$json[\w.\[\]'" -]*\}\}\s*""")


@dataclass(frozen=True, slots=True)
class DedupeKey:
    """`plain`: cheap enough for the event loop; anything else may compute for 100 ms."""

    template: Template
    plain: bool

    @classmethod
    def of(cls, source: JsonValue) -> "DedupeKey | None":
        if not isinstance(source, str) or not source.strip():
            return None
        return cls(compile_template(source), _PLAIN_PATH.fullmatch(source) is not None)


@dataclass(frozen=True, slots=True)
class ArrivalScope:
    """An `expressions.Scope` before any run exists: there is the item that came in, and nothing else."""

    item: Item
    now: datetime
    timezone: str
    workflow: Mapping[str, JsonValue]

    @property
    def index(self) -> int:
        return 0

    @property
    def items(self) -> Sequence[Item]:
        return (self.item,)

    @property
    def run(self) -> Mapping[str, JsonValue]:
        return {}

    @property
    def vars(self) -> Mapping[str, JsonValue]:
        return {}

    @property
    def scope(self) -> Mapping[str, JsonValue]:
        return {}

    def node(self, title: str) -> NodeView:
        raise ExpressionFailed("node_not_run", f"“{title}” has not run: a dedupe key sees the trigger's item alone.")


async def dedupe_key(
    wanted: DedupeKey | None, headers: Mapping[str, str], scope: ArrivalScope, sandbox: Sandbox
) -> tuple[str | None, ExpressionFailed | None]:
    """The trigger's own key if it gives one, else the delivery id of a header that is known.

    And why its own could not be worked out: an odd delivery is taken in rather than lost.
    """
    failed = None
    if wanted is not None:
        try:
            key = await _evaluated(wanted, scope, sandbox)
        except ExpressionFailed as failure:
            key, failed = None, failure
        if key not in (None, ""):
            return short_key(f"key:{key if isinstance(key, str) else dump_json(key)}"), None
    for name in _DELIVERY_HEADERS:
        if value := headers.get(name):
            return short_key(f"{name}:{value}"), failed
    return None, failed


async def _evaluated(wanted: DedupeKey, scope: ArrivalScope, sandbox: Sandbox) -> JsonValue:
    if wanted.plain:
        return evaluate(wanted.template, scope, sandbox)
    return await asyncio.to_thread(evaluate, wanted.template, scope, sandbox)


def short_key(key: str) -> str:
    """Keys of any length and content fit into an index."""
    if len(key) <= _LONGEST and key.isprintable():
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
