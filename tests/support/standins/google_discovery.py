"""Google's own description of its APIs, as it comes with googleapiclient: which paths there are, and what they take."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

_PLACEHOLDER = re.compile(r"\{\+?(\w+)\}")
_EVERYWHERE = {"alt", "$.xgafv"}
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Route:
    """A method of an API, by its id such as gmail.users.messages.send; `upload` if its body is a file."""

    id: str
    http_method: str
    pattern: re.Pattern[str]
    scopes: frozenset[str]
    parameters: frozenset[str]
    takes: str | None
    gives: str | None
    upload: bool
    document: Document

    def unknown_parameter(self, names: Mapping[str, Any]) -> str | None:
        known = self.parameters | set(self.document["parameters"]) | _EVERYWHERE
        return next((name for name in names if name not in known), None)

    def unknown_field(self, body: Any) -> str | None:
        return None if self.takes is None else _stranger(self.document["schemas"], self.takes, body)

    def strange_answer(self, answer: Any) -> str | None:
        """A field that the API's description hasn't: then the stand-in is wrong."""
        return None if self.gives is None else _stranger(self.document["schemas"], self.gives, answer)


def find(http_method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The method that a path stands for, with its path parameters as they were sent, still encoded."""
    for route in _routes():
        if route.http_method == http_method and (match := route.pattern.fullmatch(path)):
            return route, match.groupdict()
    return None


@cache
def _routes() -> list[Route]:
    """Those with the most fixed characters first, so that a:append is not taken for a range."""
    documents = [_document(name) for name in ("gmail.v1", "drive.v3", "sheets.v4")]
    routes = [route for document in documents for method in _methods(document) for route in _of(document, method)]
    return sorted(routes, key=lambda route: -len(re.sub(r"\(\?P<.*?\)", "", route.pattern.pattern)))


def _document(name: str) -> Document:
    place = files("googleapiclient.discovery_cache.documents") / f"{name}.json"
    return json.loads(place.read_text())


def _methods(node: Document) -> Iterator[Document]:
    yield from node.get("methods", {}).values()
    for resource in node.get("resources", {}).values():
        yield from _methods(resource)


def _of(document: Document, method: Document) -> Iterator[Route]:
    paths = [(f"/{document['servicePath']}{method.get('flatPath', method['path'])}", False)]
    protocols = method.get("mediaUpload", {}).get("protocols", {})
    if "simple" in protocols:
        paths.append((protocols["simple"]["path"], True))
    for path, upload in paths:
        yield Route(
            id=method["id"],
            http_method=method["httpMethod"],
            pattern=re.compile(
                _PLACEHOLDER.sub(r"(?P<\1>[^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))
            ),
            scopes=frozenset(method.get("scopes", ())),
            parameters=frozenset([*method.get("parameters", {}), *(["uploadType"] if upload else [])]),
            takes=method.get("request", {}).get("$ref"),
            gives=method.get("response", {}).get("$ref"),
            upload=upload,
            document=document,
        )


def _stranger(schemas: Document, name: str, value: Any) -> str | None:
    properties = schemas[name].get("properties")
    if properties is None or not isinstance(value, dict):
        return None
    for field, held in cast("dict[str, Any]", value).items():
        if field not in properties:
            return f"{name}.{field}"
        schema = properties[field]
        inner = schema.get("items", schema).get("$ref")
        for one in cast("list[Any]", held) if isinstance(held, list) else [held]:
            if inner and (found := _stranger(schemas, inner, one)):
                return found
    return None
