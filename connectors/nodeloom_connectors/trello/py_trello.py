"""py-trello writes requests; it never sends one.

Its calls are blocking, without time limits, to a host that is written into it, with the token in the URL, and a refusal
loses its headers (decision 0020). What holds is its knowledge of which request an operation is. So it gets, in place of
`requests`, a desk that takes the request down; the guarded client sends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import trello
    from pydantic import JsonValue

_HOST = "https://api.trello.com/1"


@dataclass(frozen=True)
class Request:
    """One call of the API: `path` begins after the version, `body` goes as JSON."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, JsonValue] | None = None


class _TakenDown(Exception):
    """How a request gets out of py-trello before it is sent."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.path)
        self.request = request


class _Desk:
    """What py-trello takes for `requests`."""

    def request(
        self, method: str, url: str, *, params: Mapping[str, str], data: str | None, **_unused: object
    ) -> NoReturn:
        query = {name: value for name, value in params.items() if name not in ("key", "token")}
        raise _TakenDown(Request(method, url.removeprefix(_HOST), query, json.loads(data) if data else None))


class Desk:
    """The things of Trello as py-trello has them, by id alone; whatever is asked of them is taken down."""

    def __init__(self) -> None:
        # Half a second, with `requests` and all that it brings: not for those who start without a word to Trello.
        library = import_module("trello")
        self._library = library
        self.client: trello.TrelloClient = library.TrelloClient(api_key="", http_service=_Desk())
        self._board: trello.Board = library.Board(client=self.client, board_id="")

    def board(self, id_: str) -> trello.Board:
        return self._library.Board(client=self.client, board_id=id_)

    def list(self, id_: str, board_id: str = "") -> trello.List:
        return self._library.List(self.board(board_id), id_)

    def card(self, id_: str) -> trello.Card:
        return self._library.Card(self._board, id_)

    def checklist(self, id_: str) -> trello.Checklist:
        return self._library.Checklist(self.client, {"id": id_, "name": "", "checkItems": []})

    def label(self, id_: str) -> trello.Label:
        return self._library.Label(self.client, id_, "")

    def member(self, id_: str) -> trello.Member:
        return self._library.Member(self.client, id_)

    def webhook(self, id_: str) -> trello.WebHook:
        return self._library.WebHook(self.client, "", id_)


@cache
def desk() -> Desk:
    """Blocks the first time, while py-trello is imported."""
    return Desk()


def taken_down(say: Callable[[Desk], object]) -> Request:
    """The first request that py-trello would have sent."""
    try:
        say(desk())
    except _TakenDown as taken:
        return taken.request
    raise AssertionError("py-trello asked for nothing")
