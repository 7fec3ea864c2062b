"""Secrets that sign or accompany plain HTTP requests, in both directions.

A connector of the kind `secret` declares one `RequestAuth`; another connector gets it bound to an account's secret as
`Authorize` and needs not know which kind it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

HEADER_NAME = r"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$"


def is_header_name(name: str) -> bool:
    """Whether a header may be called so (RFC 9110, 5.6.2)."""
    return re.match(HEADER_NAME, name) is not None


@dataclass(frozen=True)
class OutgoingRequest:
    """A request about to leave. `body` is empty where it streams and no signature over it is needed."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def with_header(self, name: str, value: str) -> OutgoingRequest:
        others = {key: text for key, text in self.headers.items() if key.lower() != name.lower()}
        return replace(self, headers={**others, name: value})

    def with_query(self, name: str, value: str) -> OutgoingRequest:
        """The rest of the URL stays as it is written: a service may have signed it."""
        url, mark, fragment = self.url.partition("#")
        joint = "&" if "?" in url else "?"
        return replace(self, url=f"{url}{joint}{quote(name, safe='')}={quote(value, safe='')}{mark}{fragment}")


@dataclass(frozen=True)
class IncomingRequest:
    """A request that came in: header names in lower case, `body` exactly as received."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class RequestAuth:
    """`apply` puts a secret on a request, `accepts` tells in constant time whether an incoming one carries it.

    Both get the connector's secret model first. `signs_body` asks for the whole body, which then can't stream.
    """

    apply: Callable[[Any, OutgoingRequest], OutgoingRequest]
    accepts: Callable[[Any, IncomingRequest], bool]
    signs_body: bool = False


@dataclass(frozen=True)
class Authorize:
    """A `RequestAuth` bound to one account. `kind` is the connector's name, `secrets` must be masked in every text."""

    kind: str
    apply: Callable[[OutgoingRequest], OutgoingRequest]
    signs_body: bool
    secrets: tuple[str, ...]
