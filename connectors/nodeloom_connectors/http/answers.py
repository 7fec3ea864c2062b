"""Reading an answer: JSON, text or a file, never more than the limit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from pydantic import JsonValue
from pydantic_core import from_json

from nodeloom_connectors.sdk import Refused

if TYPE_CHECKING:
    import httpx2

    from nodeloom_connectors.http.client import HttpClient

_MB = 1024 * 1024
_EXCERPT = 500
_TEXT_TYPES = ("application/xml", "application/javascript", "application/x-www-form-urlencoded", "application/yaml")
# A shorter secret may be an ordinary word of the data.
_MASKED_IN_DATA = 8

Shape = Literal["json", "text", "file", "empty"]


@dataclass
class Allowance:
    """How many bytes may still come; shared by the pages of one request."""

    limit: int
    used: int = 0

    @classmethod
    def of(cls, max_mb: float | None, shape: Shape) -> Allowance:
        return cls(int((max_mb or (1024 if shape == "file" else 10)) * _MB))

    def take(self, size: int) -> None:
        self.used += size
        if self.used > self.limit:
            text = f"The answer is larger than {self.limit / _MB:g} MB. The request itself was carried out."
            hint = "Raise 'Largest response', take the answer as a file, or ask the service for less."
            raise Refused(text, "response_too_large", hint=hint)


def shape_of(response: httpx2.Response, wanted: str) -> Shape:
    """What to make of the body: `wanted`, or by content type if that is "auto"."""
    if response.request.method == "HEAD" or response.status_code in (204, 304):
        return "empty"
    if wanted in ("json", "text", "file"):
        return wanted
    media_type = media_type_of(response)
    if media_type == "application/json" or media_type.endswith("+json"):
        return "json"
    if not media_type or media_type.startswith("text/") or media_type in _TEXT_TYPES or media_type.endswith("+xml"):
        return "text"
    return "empty" if response.headers.get("content-length") == "0" else "file"


def media_type_of(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


async def chunks(response: httpx2.Response, allowance: Allowance) -> AsyncIterator[bytes]:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and allowance.used + int(announced) > allowance.limit:
        allowance.take(int(announced))
    async for chunk in response.aiter_bytes():
        allowance.take(len(chunk))
        yield chunk


async def data_of(response: httpx2.Response, shape: Shape, allowance: Allowance, client: HttpClient) -> JsonValue:
    """The body as JSON or text, without the account's secrets, which some services echo."""
    if shape == "empty":
        return None
    content = b"".join([chunk async for chunk in chunks(response, allowance)])
    text = client.masked(_decoded(content, response), shortest=_MASKED_IN_DATA)
    if shape == "text":
        return text
    if not text.strip():
        return None
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        hint = "Set 'Response' to text, or check the address: services often answer with a web page for a wrong one."
        detail: dict[str, JsonValue] = {"status": response.status_code, "body": text[:_EXCERPT]}
        raise Refused(f"The answer is not JSON: {error}", "not_json", detail, hint=hint) from error


async def excerpt_of(response: httpx2.Response, client: HttpClient) -> str:
    """The beginning of a refusal's body in one line; what is over the first kilobytes is never read."""
    content = b""
    async for chunk in response.aiter_bytes(4096):
        content += chunk
        if len(content) >= 4 * _EXCERPT:
            break
    return " ".join(client.masked(_decoded(content, response)).split())[:_EXCERPT]


def headers_of(response: httpx2.Response, client: HttpClient) -> dict[str, str]:
    """By name in lower case; several of one name are joined with a comma."""
    return {name: client.masked(value) for name, value in response.headers.items()}


def file_name_of(response: httpx2.Response) -> str:
    """From Content-Disposition, else the last part of the path; never a path of its own."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("content-disposition", "")
    name = header.get_filename() or unquote(response.request.url.path.rpartition("/")[2])
    name = name.replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    return "".join(character for character in name if character.isprintable())[:200] or "file"


def _decoded(content: bytes, response: httpx2.Response) -> str:
    try:
        return content.decode(response.charset_encoding or "utf-8-sig", "replace")
    except LookupError:
        return content.decode("utf-8-sig", "replace")
