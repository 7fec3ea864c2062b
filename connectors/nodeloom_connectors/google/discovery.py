"""Google's own descriptions of its services, as google-api-python-client packs them: requests are built by them.

The library is imported when the first request is made, and does no I/O here: it builds requests and reads answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from googleapiclient.discovery import Resource
    from googleapiclient.http import HttpRequest


@dataclass(frozen=True)
class Api:
    """A service of Google by its name and version there; `title` is for people."""

    name: str
    version: str
    title: str


@dataclass(frozen=True)
class Service:
    """A service at one address."""

    title: str
    root: Resource
    document: Mapping[str, Any]

    def request(self, method: str, arguments: Mapping[str, Any]) -> HttpRequest:
        """What to send for a method ("users.messages.get"); None among the arguments stands for left out."""
        *resources, name = method.split(".")
        place = self.root
        for resource in resources:
            place = getattr(place, resource)()
        try:
            return getattr(place, name)(**arguments)
        except (TypeError, UnicodeEncodeError) as error:
            # The library checks names, patterns and choices before anything is sent.
            hint = "Check the parameters of this node."
            raise Refused(f"{self.title} can't be asked so: {error}", "invalid_params", hint=hint) from error

    def scopes(self, method: str) -> list[str]:
        """Any one of these allows the method."""
        *resources, name = method.split(".")
        place = self.document
        for resource in resources:
            place = place["resources"][resource]
        return list(place["methods"][name].get("scopes", ()))


class _NoHttp:
    """Stands where the library would otherwise make a client of its own; closing is all it asks of it here."""

    def close(self) -> None:
        return


_BUILT: dict[tuple[Api, str | None], Service] = {}


def built(api: Api, address: str | None) -> Service | None:
    """The service if it was already made: making it for the first time takes longer than the event loop may stand."""
    return _BUILT.get((api, address))


def build(api: Api, address: str | None) -> Service:
    """Read the packed description; `address` takes the place of Google's own host."""
    from googleapiclient.discovery import build_from_document
    from googleapiclient.discovery_cache import get_static_doc

    packed = get_static_doc(api.name, api.version)
    assert packed is not None, f"google-api-python-client has no description of {api.name} {api.version}"
    document = cast("dict[str, Any]", json.loads(packed))
    if address is not None:
        document["rootUrl"] = f"{address.rstrip('/')}/"
    # Named explicitly, so that no variable of the environment leads anywhere else.
    endpoint = document["rootUrl"] + document["servicePath"]
    root = build_from_document(document, http=_NoHttp(), client_options={"api_endpoint": endpoint})
    return _BUILT.setdefault((api, address), Service(api.title, root, document))
