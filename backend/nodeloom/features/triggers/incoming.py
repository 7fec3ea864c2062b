"""A request that came in under /hooks, as the item that its run starts from. Nothing here waits for anything."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl

import orjson

from nodeloom.graph.json_value import JsonValue

Kind: TypeAlias = Literal["json", "form", "multipart", "text", "file", "unnamed"]

# Never stored, whatever the trigger asks for: they belong to the caller, not to the workflow.
_PRIVATE = frozenset({"authorization", "proxy-authorization", "cookie"})
_MOST_FIELDS = 10_000
_TEXT_TYPES = frozenset({"application/xml", "application/javascript", "application/x-ndjson", "application/graphql"})


class BodyUnreadable(Exception):
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True)
class ContentType:
    kind: Kind
    media_type: str
    charset: str


_JSON_TYPE = ContentType("json", "application/json", "utf-8")


def header_map(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; a header that came several times is joined by commas, cookies by semicolons."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in headers:
            value = f"{headers[name]}{'; ' if name == 'cookie' else ', '}{value}"
        headers[name] = value
    return headers


def shown_headers(
    headers: Mapping[str, str], secrets: Collection[str], hidden: Collection[str]
) -> dict[str, JsonValue]:
    """What a workflow may see: no cookie, no authorization, no header that carries the secret that was asked for."""
    return {
        name: value
        for name, value in headers.items()
        if name not in _PRIVATE and name not in hidden and not any(secret in value for secret in secrets)
    }


def query_map(query_string: bytes, secrets: Collection[str] = ()) -> dict[str, JsonValue]:
    """A name that came several times holds a list."""
    if not query_string:
        return {}
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    return _gathered((name, value) for name, value in pairs if value not in secrets)


def content_type(header: str | None) -> ContentType:
    if header is None or not header.strip():
        return ContentType("unnamed", "", "utf-8")
    if header == "application/json":
        return _JSON_TYPE
    message = Message()
    message["content-type"] = header
    media_type = message.get_content_type()
    return ContentType(_kind(media_type), media_type, message.get_content_charset() or "utf-8")


def read_body(declared: ContentType, body: bytes) -> JsonValue:
    """The body as JSON; raises `BodyUnreadable`. For multipart and files somebody else has to read it."""
    match declared.kind:
        case "json":
            return _json(body) if body else {}
        case "form":
            return _form(body, declared.charset)
        case "text":
            return _text(body, declared.charset)
        case _:
            return {}


def sniffed(body: bytes) -> ContentType:
    """What a body without a content type is taken for: JSON if it reads as JSON, else text, else a file."""
    if not body:
        return _JSON_TYPE
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ContentType("file", "application/octet-stream", "utf-8")
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return ContentType("text", "text/plain", "utf-8")
    return _JSON_TYPE


def form_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, JsonValue]:
    return _gathered(pairs)


def item_json(
    *, body: JsonValue, headers: dict[str, JsonValue], query: dict[str, JsonValue], method: str, path: str
) -> dict[str, Any]:
    return {"body": body, "headers": headers, "query": query, "method": method, "path": path}


def _kind(media_type: str) -> Kind:
    if media_type == "application/json" or media_type.endswith("+json"):
        return "json"
    if media_type == "application/x-www-form-urlencoded":
        return "form"
    if media_type == "multipart/form-data":
        return "multipart"
    if media_type.startswith("text/") or media_type.endswith("+xml") or media_type in _TEXT_TYPES:
        return "text"
    return "file"


def _json(body: bytes) -> JsonValue:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyUnreadable(f"The body is not valid JSON: {error}.") from None


def _form(body: bytes, charset: str) -> dict[str, JsonValue]:
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=_MOST_FIELDS)
    except (ValueError, LookupError) as error:
        raise BodyUnreadable(f"The body is not a valid form: {error}.") from None
    return _gathered(pairs)


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError):
        raise BodyUnreadable(f"The body is not text in {charset}.") from None


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, JsonValue]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields
