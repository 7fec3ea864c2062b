"""Judges what is asked of the Trello stand-in by the vendor's own specification.

The specification is Atlassian's and no part of this repository: where it lies beside it
(`../shared/specs/trello-openapi.json`, or NODELOOM_TRELLO_SPEC), every request is checked, else none is.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "specs" / "trello-openapi.json"
PLACE = Path(os.environ.get("NODELOOM_TRELLO_SPEC", _BESIDE))

_METHODS = ("get", "put", "post", "delete")

# What the published specification leaves out, each with where else Trello says it.
_MORE_PARAMETERS: Mapping[str, frozenset[str]] = {
    # "Nested resources" and "API limits" in the REST API guides: lists of cards can be filtered and paged.
    "/lists/{id}/cards": frozenset({"fields", "filter", "limit", "before", "since"}),
    "/boards/{id}/cards": frozenset({"fields", "filter", "limit", "before", "since"}),
    "/boards/{id}/cards/{filter}": frozenset({"fields", "limit", "before", "since"}),
    # `fields` is taken wherever something is shown.
    "/checklists/{id}/checkItems": frozenset({"checkItem_fields"}),
    # "Getting started with webhooks" and the parameters that the same routes have on /boards/{id}/actions.
    "/cards/{id}/actions": frozenset({"limit", "fields", "before", "since"}),
}
# "Working with attachments" in the REST API guides; the answer is the file, so the specification has no schema for it.
_MORE_ROUTES = (re.compile(r"^/cards/[^/]+/attachments/[^/]+/download/[^/]+$"),)


@dataclass
class _Asked:
    """A request as openapi-core reads one. All arguments count as query: "may also be replaced with a JSON body"."""

    path: str
    method: str
    parameters: RequestParameters
    host_url: str = "https://api.trello.com"
    content_type: str = ""
    body: bytes | None = None


@dataclass(frozen=True)
class Contract:
    document: Mapping[str, Any]
    checker: OpenAPI

    def violations(self, method: str, path: str, arguments: Mapping[str, Any], *, has_file: bool) -> list[str]:
        """What is wrong with a request; `path` begins after /1."""
        if any(route.match(path) for route in _MORE_ROUTES):
            return []
        template = self._template(method.lower(), path)
        if template is None:
            return [f"{method} {path} is not in the specification"]
        known = self._parameters(template, method.lower()) | _MORE_PARAMETERS.get(template, frozenset())
        strange = [f"{method} {template} takes no {name}" for name in arguments if name not in known]
        return strange + self._errors(method, template, path, arguments, has_file=has_file)

    def _errors(
        self, method: str, template: str, path: str, arguments: Mapping[str, Any], *, has_file: bool
    ) -> list[str]:
        texts = [(name, _text(value)) for name, value in arguments.items() if value is not None]
        lists = self._parameters(template, method.lower(), type_="array")
        parts = [(name, part) for name, text in texts for part in (text.split(",") if name in lists else [text])]
        if has_file:
            parts.append(("file", "file"))
        # The specification writes some paths with a slash at the end that the API doesn't need.
        full = f"/1{path}" + ("/" if template.endswith("/") and not path.endswith("/") else "")
        headers = Headers()
        query = ImmutableMultiDict(parts)
        asked = _Asked(full, method.lower(), RequestParameters(query, headers, ImmutableMultiDict(), {}))
        try:
            self.checker.validate_request(asked)
        except OpenAPIError as error:
            return [f"{method} {template}: {error}" + (f" ({error.__cause__})" if error.__cause__ else "")]
        return []

    def _template(self, method: str, path: str) -> str | None:
        fitting = [
            template
            for template, operations in self.document["paths"].items()
            if method in operations and _pattern(template).match(path)
        ]
        # The most literal one: /cards/{id}/labels before /cards/{id}/{field}.
        return min(fitting, key=lambda template: template.count("{"), default=None)

    def _parameters(self, template: str, method: str, type_: str | None = None) -> frozenset[str]:
        item = self.document["paths"][template]
        given = [*item.get("parameters", ()), *item[method].get("parameters", ())]
        return frozenset(
            parameter["name"]
            for parameter in given
            if parameter["in"] == "query" and type_ in (None, parameter["schema"].get("type"))
        )


@cache
def contract() -> Contract | None:
    """None where the specification isn't at hand."""
    if not PLACE.is_file():
        return None
    document: dict[str, Any] = json.loads(PLACE.read_text())
    _loosen(document)
    # One default in the vendor's document is not of its own type, so the document itself is not checked.
    unchecked: Any = None
    return Contract(document, OpenAPI.from_dict(document, config=Config(spec_validator_cls=unchecked)))


def _loosen(document: dict[str, Any]) -> None:
    """Where the API takes something else than the specification says.

    Members are named by `me` or user name too, cards by their short link; keys need not stand in the address; dates
    have a time; fields come "comma-separated" where the schema allows one; some defaults break their own schema; one
    parameter is at once a text and a boolean.
    """
    document.pop("security", None)
    for template, item in document["paths"].items():
        for operation in (item[method] for method in _METHODS if method in item):
            operation["security"] = []
            for parameter in [*item.get("parameters", ()), *operation.get("parameters", ())]:
                schema = parameter["schema"]
                by_name = parameter["in"] == "path" and template.startswith(("/members/", "/cards/{id}"))
                if by_name or parameter["name"].endswith(("fields", "keepFromSource")):
                    parameter["schema"] = {"type": "string"}
                elif schema.get("format") == "date":
                    schema["format"] = "date-time"
                elif "oneOf" in schema:
                    schema.pop("type", None)
                parameter["schema"].pop("default", None)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("^" + re.sub(r"{\w+}", "[^/]+", template.rstrip("/")) + "/?$")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)
