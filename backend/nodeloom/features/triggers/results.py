"""Answers that come later: the signed address where a caller finds them, and how a run's answer is said."""

import asyncio
import base64
import binascii
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

import orjson

from nodeloom.adapters.vault import Vault
from nodeloom.features.runs.answers import RunAnswer
from nodeloom.features.triggers import replies
from nodeloom.features.triggers.hook_route import HookRoute, Respond
from nodeloom.features.triggers.replies import Reply, RespondAs

# Callers who ask again must not take every connection of the database's pool.
_READS_AT_ONCE = 4

GOOD_FOR_S = 24 * 60 * 60
_PURPOSE = "hook-result"

_NOT_FOUND = replies.problem(
    404, "no_such_result", "There is no such result", hint="Use the address of the `Location` header as it was given."
)
_EXPIRED = replies.problem(
    410, "result_expired", "The result is no longer kept", hint="An answer can be fetched for 24 hours."
)


@dataclass(frozen=True, slots=True)
class Expected:
    """Which run answers, and how its answer is to be said."""

    workspace_id: str
    event_id: str
    run_id: str
    respond: Respond
    respond_as: RespondAs

    @classmethod
    def of(cls, route: HookRoute, event_id: str, run_id: str) -> "Expected":
        return cls(route.workspace_id, event_id, run_id, route.respond, route.respond_as)


def answer_reply(expected: Expected, answer: RunAnswer) -> Reply:
    """A Respond node that ran has the word; else the end nodes do."""
    if answer.respond is not None:
        return replies.respond_node(answer.respond)
    if answer.status != "succeeded":
        return replies.run_failed(answer.run_id)
    if expected.respond == "respond_node":
        return Reply(204, b"", "")
    return replies.last_node(answer.items, expected.respond_as)


class Results:
    """`load` reads the answers of those of the runs that have one."""

    def __init__(self, vault: Vault, load: Callable[[list[str]], Awaitable[Sequence[RunAnswer]]]) -> None:
        self._vault = vault
        self._load = load
        self._reads = asyncio.Semaphore(_READS_AT_ONCE)

    def later(self, expected: Expected) -> Reply:
        """202 with the address of the answer."""
        return replies.accepted(expected.event_id, expected.run_id, f"/hooks/-/results/{self._token(expected)}")

    async def now_or_later(self, expected: Expected) -> Reply:
        """The answer if the run has given it, else where it will be."""
        answers = await self._answers(expected)
        return answer_reply(expected, answers[0]) if answers else self.later(expected)

    async def fetch(self, token: str) -> tuple[Reply, str | None]:
        """What stands at the address, and the workspace that it belongs to."""
        opened = self._open(token)
        if opened is None:
            return _NOT_FOUND, None
        expected, until = opened
        if until < time.time():
            return _EXPIRED, None
        answers = await self._answers(expected)
        if answers:
            return answer_reply(expected, answers[0]), expected.workspace_id
        return replies.accepted(expected.event_id, expected.run_id), None

    async def _answers(self, expected: Expected) -> Sequence[RunAnswer]:
        async with self._reads:
            return await self._load([expected.run_id])

    def _token(self, expected: Expected) -> str:
        fields = (expected.workspace_id, expected.event_id, expected.run_id, expected.respond, expected.respond_as)
        message = orjson.dumps((*fields, int(time.time()) + GOOD_FOR_S))
        return f"{_text(message)}.{_text(self._vault.sign(message, purpose=_PURPOSE))}"

    def _open(self, token: str) -> tuple[Expected, int] | None:
        message, _, signature = token.partition(".")
        try:
            raw, proof = _bytes(message), _bytes(signature)
        except (ValueError, binascii.Error):
            return None
        if not self._vault.verify(raw, proof, purpose=_PURPOSE):
            return None
        workspace_id, event_id, run_id, respond, respond_as, until = cast(
            "tuple[str, str, str, Respond, RespondAs, int]", orjson.loads(raw)
        )
        return Expected(workspace_id, event_id, run_id, respond, respond_as), until


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
