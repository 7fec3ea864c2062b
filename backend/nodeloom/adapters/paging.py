"""Lists by cursor: newest first, by id descending."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from nodeloom.adapters.problem import ApiProblem

T = TypeVar("T")
R = TypeVar("R")

_PREFIX = b"c1:"
_LONGEST_COUNT = 15


class BadCursor(ApiProblem):
    status = 400
    code = "bad_cursor"
    title = "The cursor is not one of ours"
    hint = "Pass `next_cursor` of the page before unchanged, or leave `cursor` out to start again."


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True)
class PageRequest:
    """Which page is asked for; `after` is the last id of the page before."""

    limit: int
    after: str | None

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than shown tells whether a next page exists."""
        return self.limit + 1

    @property
    def start(self) -> int:
        """For lists whose cursor counts; raises `BadCursor` for what no list of ours can have counted."""
        if self.after is None:
            return 0
        if not (self.after.isascii() and self.after.isdigit() and len(self.after) <= _LONGEST_COUNT):
            raise BadCursor("The cursor is one of another list.")
        return int(self.after)

    def page(self, rows: Sequence[R], key: Callable[[R], str]) -> tuple[Sequence[R], str | None]:
        """The rows to show out of `fetch` rows, and the cursor of the next page."""
        shown = rows[: self.limit]
        return shown, encode_cursor(key(shown[-1])) if len(rows) > self.limit else None


def encode_cursor(last_id: str) -> str:
    return base64.urlsafe_b64encode(_PREFIX + last_id.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw.startswith(_PREFIX) and b"\0" not in raw:
            return raw.removeprefix(_PREFIX).decode()
    except (binascii.Error, ValueError):
        pass
    raise BadCursor(f"{cursor[:80]!r} can't be read as a cursor.")


def page_request(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=decode_cursor(cursor) if cursor else None)


PageQuery = Annotated[PageRequest, Depends(page_request)]
