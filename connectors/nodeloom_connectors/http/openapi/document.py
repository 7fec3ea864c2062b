"""An OpenAPI document (3.0, 3.1 or Swagger 2.0; JSON or YAML) read into operations. Nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, cast
from urllib.parse import urljoin, urlsplit

import yaml

from nodeloom_connectors.sdk import Refused

Node: TypeAlias = Mapping[str, Any]
Place: TypeAlias = Literal["path", "query", "header"]

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
MOST_OPERATIONS: Final = 2_000
LARGEST: Final = 10 * 1024 * 1024
_HINT: Final = "Paste the whole document of the service's API, or its address."
_SUPPORTED_BODIES: Final = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_MOST_REFS: Final = 32


@dataclass(frozen=True)
class Parameter:
    name: str
    place: Place
    required: bool
    schema: Node
    description: str
    explode: bool = True


@dataclass(frozen=True)
class OperationBody:
    """`media_type` is one that can be sent; a file's bytes where it is none of a form and not JSON."""

    media_type: str
    required: bool
    schema: Node


@dataclass(frozen=True)
class Operation:
    """`name` is unique in the document: lower case, digits and underscores."""

    name: str
    title: str
    description: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: OperationBody | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """An operation that can't become an action, and why."""

    operation: str
    reason: str


@dataclass(frozen=True)
class ApiDocument:
    title: str
    description: str
    base_url: str
    operations: tuple[Operation, ...]
    skipped: tuple[Skipped, ...]
    security: tuple[Mapping[str, Node], ...] = ()
    root: Node = field(default_factory=dict[str, Any], repr=False)

    def resolved(self, node: object) -> Node:
        """What a reference inside the document names; anything else as it is."""
        return _resolved(self.root, node)


def read_document(text: str, address: str | None = None) -> ApiDocument:
    """Raises Refused with what is wrong; `address` is where the document came from: servers may be relative to it."""
    root = _parsed(text)
    version = str(root.get("openapi") or root.get("swagger") or "")
    if not version.startswith(("2.", "3.")) or not isinstance(root.get("paths"), Mapping):
        raise Refused("This is not an OpenAPI document: it has no version or no paths.", "not_openapi", hint=_HINT)
    info = _mapping(root.get("info"))
    operations: list[Operation] = []
    skipped: list[Skipped] = []
    names: set[str] = set()
    for found in _operations(root, names):
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            operations.append(found)
        if len(operations) > MOST_OPERATIONS:
            raise Refused(f"The document has more than {MOST_OPERATIONS} operations.", "too_large", hint=_HINT)
    if not operations:
        raise Refused("The document has no operation that can be called.", "no_operations", hint=_HINT)
    return ApiDocument(
        title=_text(info.get("title")) or "API",
        description=_text(info.get("description")),
        base_url=_base_url(root, address),
        operations=tuple(operations),
        skipped=tuple(skipped),
        security=_security(root),
        root=root,
    )


def _parsed(text: str) -> Node:
    if len(text) > LARGEST:
        raise Refused(f"The document is larger than {LARGEST // 1024 // 1024} MB.", "too_large", hint=_HINT)
    try:
        found: object = json.loads(text) if text.lstrip()[:1] == "{" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        where = " ".join(str(error).split())[:300]
        raise Refused(f"The document can't be read: {where}", "unreadable", hint=_HINT) from error
    return _mapping(found)


def _operations(root: Node, names: set[str]) -> Iterator[Operation | Skipped]:
    for path, item in _mapping(root.get("paths")).items():
        shared = _resolved(root, item)
        for method in METHODS:
            if isinstance(shared.get(method), Mapping):
                yield _operation(root, str(path), method, shared, _mapping(shared[method]), names)


def _operation(
    root: Node, path: str, method: str, shared: Node, operation: Node, names: set[str]
) -> Operation | Skipped:
    shown = f"{method.upper()} {path}"
    described = [
        _resolved(root, each) for each in (*_list(shared.get("parameters")), *_list(operation.get("parameters")))
    ]
    parameters = {(each.place, each.name): each for found in described if (each := _parameter(root, found)) is not None}
    missing = set(re.findall(r"{([^{}]+)}", path)) - {each.name for each in parameters.values() if each.place == "path"}
    if missing:
        return Skipped(shown, f"The document does not describe {', '.join(sorted(missing))} of its path.")
    body = _body(root, operation, described)
    if isinstance(body, str):
        return Skipped(shown, body)
    name = _free(_slug(_text(operation.get("operationId")) or f"{method}_{path}"), names)
    summary = _text(operation.get("summary")).strip().rstrip(".")
    return Operation(
        name=name,
        title=(summary or _words(name))[:80],
        description=_text(operation.get("description")).strip() or summary or shown,
        method=method.upper(),
        path=path,
        parameters=tuple(parameters.values()),
        body=body,
        tags=tuple(_text(tag) for tag in _list(operation.get("tags"))),
    )


def _parameter(root: Node, found: Node) -> Parameter | None:
    """None for cookies, and for what Swagger 2.0 calls a parameter although it is the body."""
    place, name = found.get("in"), _text(found.get("name"))
    if (
        place not in ("path", "query", "header")
        or not name
        or name.lower() in ("authorization", "content-type", "accept")
    ):
        return None
    schema = _resolved(root, found["schema"]) if "schema" in found else found
    style = found.get("collectionFormat", "csv" if "swagger" in root else "multi")
    return Parameter(
        name=name,
        place=place,
        required=place == "path" or found.get("required") is True,
        schema=schema,
        description=_text(found.get("description")),
        explode=found.get("explode", style == "multi" and place == "query") is True,
    )


def _body(root: Node, operation: Node, described: list[Node]) -> OperationBody | str | None:
    """The body; a text says why it can't be sent."""
    if "swagger" in root:
        return _body_of_swagger(root, operation, described)
    wanted = _resolved(root, operation.get("requestBody"))
    content = _mapping(wanted.get("content"))
    if not content:
        return None
    for media_type in sorted(content, key=_preference):
        schema = _resolved(root, _mapping(content[media_type]).get("schema"))
        plain = str(media_type).partition(";")[0].strip().lower()
        plain = "application/json" if plain.endswith("+json") or plain == "*/*" else plain
        if plain in _SUPPORTED_BODIES or schema.get("format") == "binary" or not plain.startswith("multipart/"):
            return OperationBody(plain, wanted.get("required") is True, schema)
    return f"Bodies of the type {next(iter(content))} can't be sent."


def _body_of_swagger(root: Node, operation: Node, described: list[Node]) -> OperationBody | None:
    for found in described:
        if found.get("in") == "body":
            return OperationBody(
                "application/json", found.get("required") is True, _resolved(root, found.get("schema"))
            )
    fields = [found for found in described if found.get("in") == "formData"]
    if not fields:
        return None
    consumes = [str(each) for each in _list(operation.get("consumes") or root.get("consumes"))]
    files = any(found.get("type") == "file" for found in fields)
    media_type = "multipart/form-data" if files or "multipart/form-data" in consumes else _SUPPORTED_BODIES[1]
    schema = {
        "type": "object",
        "properties": {found["name"]: found for found in fields},
        "required": [found["name"] for found in fields if found.get("required") is True],
    }
    return OperationBody(media_type, required=True, schema=schema)


def _preference(media_type: str) -> tuple[int, str]:
    plain = media_type.partition(";")[0].strip().lower()
    if plain == "application/json" or plain.endswith("+json"):
        return 0, plain
    return (_SUPPORTED_BODIES.index(plain) if plain in _SUPPORTED_BODIES else 9), plain


def _base_url(root: Node, address: str | None) -> str:
    if "swagger" in root:
        host, schemes = _text(root.get("host")), [str(each) for each in _list(root.get("schemes"))]
        if not host:
            return urljoin(address or "", _text(root.get("basePath"))).rstrip("/")
        scheme = "https" if "https" in schemes or not schemes else schemes[0]
        return f"{scheme}://{host}{_text(root.get('basePath'))}".rstrip("/")
    server = _mapping(next(iter(_list(root.get("servers"))), None))
    url = _text(server.get("url"))
    for name, variable in _mapping(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", str(_mapping(variable).get("default", "")))
    url = urljoin(address or "", url or "/" if address else url)
    return url.rstrip("/") if urlsplit(url).scheme in ("http", "https") else ""


def _security(root: Node) -> tuple[Mapping[str, Node], ...]:
    """What has to be there together, by name; what holds for the whole document first, then each scheme alone."""
    described = _mapping(_mapping(root.get("components")).get("securitySchemes") or root.get("securityDefinitions"))
    schemes = {str(name): _resolved(root, scheme) for name, scheme in described.items()}
    asked = [[str(name) for name in _mapping(each)] for each in _list(root.get("security"))]
    together = [names for names in (*asked, *([name] for name in schemes)) if names and set(names) <= set(schemes)]
    return tuple({name: schemes[name] for name in names} for names in together)


def _resolved(root: Node, node: object) -> Node:
    for _ in range(_MOST_REFS):
        reference = _mapping(node).get("$ref")
        if not isinstance(reference, str):
            return _mapping(node)
        if not reference.startswith("#/"):
            return {}
        node = root
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            node = _mapping(node).get(step) if not isinstance(node, list) else None
    return {}


def _free(name: str, names: set[str]) -> str:
    free, count = name, 1
    while free in names:
        count += 1
        free = f"{name}_{count}"
    names.add(free)
    return free


def _slug(text: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    slug = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")[:80].strip("_")
    return slug if slug[:1].isalpha() else f"op_{slug}".rstrip("_")


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _mapping(found: object) -> Node:
    return cast("Node", found) if isinstance(found, Mapping) else {}


def _list(found: object) -> list[Any]:
    return cast("list[Any]", found) if isinstance(found, list) else []


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
