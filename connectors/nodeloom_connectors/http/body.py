"""Request bodies: each says its type and length and can be streamed again, for a redirect or a signature."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pydantic import JsonValue, TypeAdapter, ValidationError

from nodeloom_connectors.http.params import NamedValue, Pairs, RequestParams
from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    from nodeloom_connectors.sdk import FileRef, Files

_SIGNED_AT_MOST = 25 * 1024 * 1024
_PAIRS: TypeAdapter[list[NamedValue]] = TypeAdapter(Pairs)


@dataclass(frozen=True)
class Body:
    """`parts` are bytes or files; a type that is None leaves Content-Type to the caller."""

    media_type: str | None
    parts: tuple[bytes | FileRef, ...]
    open: Callable[[FileRef], AsyncIterator[bytes]]
    keep_media_type: bool = False

    @property
    def length(self) -> int:
        return sum(len(part) if isinstance(part, bytes) else part.size for part in self.parts)

    async def stream(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                async for chunk in self.open(part):
                    yield chunk

    async def whole(self) -> bytes:
        """All of it in memory, for signing."""
        if self.length > _SIGNED_AT_MOST:
            raise Refused("A signed request can carry at most 25 MB.", "body_too_large", hint="Send a smaller file.")
        return b"".join([chunk async for chunk in self.stream()])


def body_of(params: RequestParams, files: Files) -> Body | None:
    """The body that the params describe; None for a request without one."""
    if params.body_type == "none" or (params.body is None and params.body_type != "file"):
        return None
    match params.body_type:
        case "json":
            return Body("application/json", (_json(params.body),), files.open)
        case "text":
            text = params.body if isinstance(params.body, str) else json.dumps(params.body, ensure_ascii=False)
            return Body("text/plain; charset=utf-8", (text.encode(),), files.open)
        case "form":
            encoded = urlencode([(field.name, field.text) for field in _fields(params.body)])
            return Body("application/x-www-form-urlencoded", (encoded.encode(),), files.open)
        case "multipart":
            return _multipart(_fields(params.body), files)
        case "file":
            file = _file(params.body, files)
            return Body(file.media_type, (file,), files.open)


def _json(value: JsonValue) -> bytes:
    """A string that holds an object or a list is taken as JSON text, since that is how people type it."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            json.loads(value)
        except ValueError as error:
            raise Refused(f"The body is not JSON: {error}.", "invalid_body", hint="Correct the JSON text.") from error
        return value.encode()
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def _fields(body: JsonValue) -> list[NamedValue]:
    try:
        return _PAIRS.validate_python(body)
    except ValidationError as error:
        hint = 'Give an object such as {"name": "value"}, or a list of {"name", "value"}.'
        raise Refused("The body of a form must be its fields.", "invalid_body", hint=hint) from error


def _file(name: JsonValue, files: Files) -> FileRef:
    if not name and len(files.incoming) == 1:
        return next(iter(files.incoming.values()))
    if isinstance(name, str) and name in files.incoming:
        return files.incoming[name]
    there = ", ".join(sorted(files.incoming)) or "none"
    raise Refused(f"The item has no file {name or ''!r}.", "no_such_file", hint=f"Files on the item: {there}.")


def _multipart(fields: Sequence[NamedValue], files: Files) -> Body:
    """RFC 7578: one part a field; a file streams from the store."""
    boundary = uuid.uuid4().hex
    parts: list[bytes | FileRef] = []
    for field in fields:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(field.name)}"'
        if field.file is None:
            parts.append(f"{head}\r\n\r\n{field.text}\r\n".encode())
            continue
        file = _file(field.file, files)
        media_type = file.media_type if file.media_type.isprintable() else "application/octet-stream"
        parts.append(f'{head}; filename="{_quoted(file.name)}"\r\nContent-Type: {media_type}\r\n\r\n'.encode())
        parts.extend((file, b"\r\n"))
    parts.append(f"--{boundary}--\r\n".encode())
    return Body(f"multipart/form-data; boundary={boundary}", tuple(parts), files.open, keep_media_type=True)


def _quoted(name: str) -> str:
    """As the HTML standard's "multipart/form-data encoding algorithm" escapes names."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
