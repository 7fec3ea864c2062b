"""Going from page to page: where the next one stands, and what has been gathered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import httpx2
from pydantic import JsonValue

from nodeloom_connectors.http.params import value_at
from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    from nodeloom_connectors.http.params import Paging

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^,;=\s]+\s*=\s*(?:"[^"]*"|[^,;]*))*)')
_REL_NEXT = re.compile(r';\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s[^";]*)?"?\s*(?:;|$)', re.IGNORECASE)


class Pages:
    """`url` is the page to ask for; `items` are those of all pages so far."""

    def __init__(self, paging: Paging, url: httpx2.URL) -> None:
        self._paging = paging
        self._seen = 0
        self._base = url
        self.items: list[JsonValue] = []
        self.url = self._with(paging.first_page) if paging.mode == "page" else url

    def add(self, headers: Mapping[str, str], body: JsonValue) -> bool:
        """Keep a page's items and move on; False if it was the last one."""
        items = value_at(body, self._paging.items_path)
        if not isinstance(items, list):
            hint = "Set 'Items at' to the dotted path of the list in the answer."
            place = self._paging.items_path or "the body"
            raise Refused(f"There is no list at {place!r} of a page.", "no_items", hint=hint)
        gathered = cast("list[JsonValue]", items)
        self.items.extend(gathered)
        self._seen += 1
        following = self._next(headers, body, len(gathered))
        if following is None or following == self.url or self._seen >= self._paging.max_pages:
            return False
        self.url = following
        return True

    def _next(self, headers: Mapping[str, str], body: JsonValue, count: int) -> httpx2.URL | None:
        match self._paging.mode:
            case "page":
                return self._with(self._paging.first_page + self._seen) if count else None
            case "cursor":
                cursor = value_at(body, self._paging.cursor_path)
                return self._with(cursor) if isinstance(cursor, (str, int)) and cursor not in ("", False) else None
            case "next_url":
                path = self._paging.next_path
                address = value_at(body, path) if path else next_link(headers.get("link", ""))
                return self.url.join(address) if isinstance(address, str) and address else None

    def _with(self, value: str | int) -> httpx2.URL:
        name = self._paging.param or ("page" if self._paging.mode == "page" else "cursor")
        return self._base.copy_set_param(name, str(value))


def next_link(header: str) -> str | None:
    """The address with rel=next of a Link header (RFC 8288)."""
    for address, parameters in _LINK.findall(header):
        if _REL_NEXT.search(parameters):
            return address
    return None
