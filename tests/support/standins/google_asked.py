"""A request of a Google API as its stand-in sees it, and the fields that it wants of the answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.far_side import Seen
from tests.support.standins.google_discovery import Route

Json = dict[str, Any]
_TOKEN = re.compile(r"[\w*/]+|[(),]")


@dataclass(frozen=True)
class Asked:
    route: Route
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    media_type: str
    content: bytes

    @classmethod
    def of(cls, route: Route, path: Mapping[str, str], seen: Seen) -> "Asked":
        query = parse_qs(urlsplit(seen.target).query, keep_blank_values=True)
        plain = {name: unquote(value) for name, value in path.items()}
        return cls(route, plain, query, seen.headers.get("content-type", ""), seen.body)

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def body(self) -> Json:
        return json.loads(self.content or b"{}")


def only(mask: str, answer: Json) -> Json:
    """The fields of a mask such as `nextPageToken,files(id,name)`; all of them with `*`."""
    tokens = _TOKEN.findall(mask.replace(" ", ""))
    return _chosen(_parsed(tokens), answer)


def _parsed(tokens: list[str]) -> Json:
    """Nested names; an empty dict stands for a whole field."""
    wanted: Json = {}
    while tokens and tokens[0] != ")":
        names = tokens.pop(0).split("/")
        if names == [","]:
            continue
        place = wanted
        for name in names[:-1]:
            place = place.setdefault(name, {})
        place[names[-1]] = {}
        if tokens and tokens[0] == "(":
            tokens.pop(0)
            place[names[-1]] = _parsed(tokens)
            tokens.pop(0)
    return wanted


def _chosen(wanted: Json, answer: Any) -> Any:
    if isinstance(answer, list):
        return [_chosen(wanted, one) for one in cast("list[Any]", answer)]
    if not wanted or "*" in wanted or not isinstance(answer, dict):
        return answer
    held = cast("Json", answer)
    return {name: _chosen(inner, held[name]) for name, inner in wanted.items() if name in held}
