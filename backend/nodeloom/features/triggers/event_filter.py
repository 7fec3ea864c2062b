"""Whether an event is one that its trigger wants: asked in the transaction that would start the run."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from nodeloom.adapters.columns import dump_json
from nodeloom.expressions.failure import ExpressionFailed
from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.template import Template, compile_template, evaluate
from nodeloom.features.triggers.dedupe import ArrivalScope
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.conditions import Condition, hold
from nodeloom.nodes.node_type import NodeFailed

# All filters of one transaction together: others wait for the same writer.
MOST_S = 0.5

_MOST_KEPT = 500
_CONDITIONS: TypeAdapter[list[Condition]] = TypeAdapter(list[Condition])


class FilterFailed(Exception):
    """The filter gave no answer: the event is kept, and starts nothing."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Budget:
    """The time that the filters of one transaction may take."""

    def __init__(self, seconds: float = MOST_S) -> None:
        self._until = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._until:
            raise FilterFailed(
                "filter_too_slow",
                "The filters of the events sent at once took too long together.",
                "Use conditions or plain paths such as {{ $json.total }}, which cost next to nothing.",
            )


class Filters:
    """Compiled filters by their source."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._kept: OrderedDict[str, Template] = OrderedDict()

    def passes(
        self,
        wanted: JsonValue,
        item: Item,
        now: datetime,
        timezone: str,
        workflow: Mapping[str, JsonValue],
        budget: Budget,
    ) -> bool:
        """An expression that gives true, or conditions that all hold; nothing at all lets everything pass."""
        if wanted in (None, "", []):
            return True
        template = self._template(wanted)
        budget.check()
        try:
            value = evaluate(template, ArrivalScope(item, now, timezone, workflow), self._sandbox)
            return _said(value, timezone)
        except (ExpressionFailed, NodeFailed) as failure:
            raise FilterFailed(failure.code, failure.message, failure.hint) from None
        except ValidationError as invalid:
            raise FilterFailed(
                "invalid_param", str(invalid.errors()[0]["msg"]), "Check the trigger's filter."
            ) from None

    def _template(self, wanted: JsonValue) -> Template:
        key = dump_json(wanted)
        template = self._kept.get(key)
        if template is None:
            template = self._kept[key] = compile_template(wanted)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return template


def _said(value: JsonValue, timezone: str) -> bool:
    if isinstance(value, list):
        conditions: Sequence[Condition] = _CONDITIONS.validate_python(cast("list[Any]", value))
        return hold(conditions, "and", timezone)
    if isinstance(value, str):
        return value.strip().lower() not in ("", "false", "0", "no", "null")
    return bool(value)
