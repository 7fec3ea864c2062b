"""How a request finds its function, and what the function gets."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from tests.support.standins.trello_state import Json, Refusal, Things


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """A request that was allowed: `args` are the query and the body taken together, `me` who asks."""

    things: Things
    me: str
    args: Mapping[str, Any]
    path: Mapping[str, str]
    upload: Upload | None = None

    def __getitem__(self, name: str) -> Any:
        """An argument that must be there."""
        if self.args.get(name) in (None, ""):
            raise Refusal(400, f"invalid value for {name}")
        return self.args[name]

    def given(self, *names: str) -> Json:
        """Those that were sent."""
        return {name: self.args[name] for name in names if name in self.args}


Handler: TypeAlias = Callable[[Call], Any]


@dataclass
class Routes:
    """`@routes("GET", "/cards/{id}")`; of two that match, the one that was written first."""

    known: list[tuple[str, re.Pattern[str], Handler]] = field(
        default_factory=list[tuple[str, re.Pattern[str], Handler]]
    )

    def __call__(self, method: str, path: str) -> Callable[[Handler], Handler]:
        pattern = re.compile("^" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + "/?$")

        def keep(handler: Handler) -> Handler:
            self.known.append((method, pattern, handler))
            return handler

        return keep

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
        for known, pattern, handler in self.known:
            found = pattern.match(path) if known == method else None
            if found is not None:
                return handler, found.groupdict()
        return None


def only(shown: Any, fields: Any) -> Any:
    """The fields that were asked for; the id always comes along."""
    if fields in (None, "", "all"):
        return shown
    if isinstance(shown, list):
        return [only(one, fields) for one in cast("list[Json]", shown)]
    names = {"id", *str(fields).split(",")}
    return {name: value for name, value in shown.items() if name in names}


def public(thing: Json) -> Json:
    """Without what only the stand-in knows."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}
