"""core.crypto: checksums, random values and encodings. Signing needs a secret, which stands in a connection."""

import base64
import binascii
import hashlib
import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Final, Literal
from urllib.parse import quote, unquote_to_bytes

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.comparison import canonical
from nodeloom.nodes.field_path import DottedPath, written
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

Encoding = Literal["base64", "base64url", "hex", "url"]


class CryptoParams(Params):
    operation: Literal["hash", "uuid", "random", "encode", "decode"] = Field(
        title="Operation",
        json_schema_extra=hints(
            labels={
                "hash": "Hash (checksum)",
                "uuid": "Make a UUID",
                "random": "Make a random text",
                "encode": "Encode",
                "decode": "Decode",
            }
        ),
    )
    value: JsonValue = Field(
        default=None,
        title="Value",
        description="A text is taken as its UTF-8 bytes; other values as their JSON with sorted fields.",
        examples=["{{ $json.email }}"],
        json_schema_extra=hints(show_if={"operation": ["hash", "encode", "decode"]}),
    )
    algorithm: Literal["sha256", "sha512", "sha1", "md5"] = Field(
        default="sha256",
        title="Algorithm",
        description="MD5 and SHA-1 serve as checksums only: they protect nothing.",
        json_schema_extra=hints(
            show_if={"operation": ["hash"]},
            labels={"sha256": "SHA-256", "sha512": "SHA-512", "sha1": "SHA-1", "md5": "MD5"},
        ),
    )
    written_as: Literal["hex", "base64", "base64url"] = Field(
        default="hex",
        title="Written as",
        json_schema_extra=hints(
            show_if={"operation": ["hash", "random"]},
            labels={"hex": "Hexadecimal", "base64": "Base64", "base64url": "Base64 for addresses"},
        ),
    )
    bytes: int = Field(
        default=32,
        title="Random bytes",
        description="The text is longer: two characters a byte in hexadecimal.",
        ge=1,
        le=4096,
        json_schema_extra=hints(show_if={"operation": ["random"]}),
    )
    encoding: Encoding = Field(
        default="base64",
        title="Encoding",
        json_schema_extra=hints(
            show_if={"operation": ["encode", "decode"]},
            labels={
                "base64": "Base64",
                "base64url": "Base64 for addresses",
                "hex": "Hexadecimal",
                "url": "Percent signs (URL)",
            },
        ),
    )
    into: DottedPath = Field(default="result", title="Put the result into", examples=["checksum"])


def _crypto(params: CryptoParams, item: Item, _ctx: NodeContext) -> Emitted:
    return Emitted({"out": (Item(written(item.json, params.into, _result(params)), item.files),)})


def _result(params: CryptoParams) -> str:
    match params.operation:
        case "hash":
            digest = hashlib.new(params.algorithm, _bytes(params.value), usedforsecurity=False).digest()
            return _ENCODERS[params.written_as](digest)
        case "uuid":
            return str(uuid.uuid4())
        case "random":
            return _ENCODERS[params.written_as](secrets.token_bytes(params.bytes))
        case "encode":
            return _ENCODERS[params.encoding](_bytes(params.value))
        case "decode":
            return _decoded(params.value, params.encoding)


def _bytes(value: JsonValue) -> bytes:
    if value is None:
        raise NodeFailed("no_value", "There is no value: it is null.", "Give a default with `??` in the expression.")
    text = value if isinstance(value, str) else canonical(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NodeFailed("not_text", "The text holds half of a character (a lone surrogate).") from None


def _decoded(value: JsonValue, encoding: Encoding) -> str:
    if not isinstance(value, str):
        raise NodeFailed("not_text", f"Only a text can be decoded; this is {canonical(value)[:40]}.")
    try:
        found = _DECODERS[encoding](value)
    except (ValueError, binascii.Error):
        hint = "Choose the encoding it was written in."
        raise NodeFailed("wrong_encoding", f"“{value[:40]}” is no {_NAMES[encoding]}.", hint) from None
    try:
        return found.decode()
    except UnicodeDecodeError:
        hint = "Bytes such as an image's can't stand in a field."
        raise NodeFailed("not_text", "What was decoded is no text in UTF-8.", hint) from None


_SPACE: Final = re.compile(r"\s+")
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def _base64_bytes(text: str) -> bytes:
    """Either alphabet, with or without padding, broken into lines or not."""
    bare = _SPACE.sub("", text).rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _percent_bytes(text: str) -> bytes:
    if _PERCENT.search(text):
        raise ValueError("a percent sign without two digits")
    return unquote_to_bytes(text)


_ENCODERS: Final[Mapping[Encoding, Callable[[bytes], str]]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "base64url": lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
    "hex": bytes.hex,
    "url": lambda data: quote(data, safe=""),
}
_DECODERS: Final[Mapping[Encoding, Callable[[str], bytes]]] = {
    "base64": _base64_bytes,
    "base64url": _base64_bytes,
    "hex": bytes.fromhex,
    "url": _percent_bytes,
}
_NAMES: Final[Mapping[Encoding, str]] = {
    "base64": "Base64",
    "base64url": "Base64",
    "hex": "hexadecimal text",
    "url": "percent-encoded text",
}

CRYPTO = NodeType(
    NodeSpec("core.crypto", "Hash and encode", CryptoParams),
    description="Makes checksums, UUIDs and random texts; encodes and decodes Base64, hexadecimal and addresses.",
    group="data",
    icon="hash",
    run=_crypto,
    aliases=("crypto", "sha256", "md5", "uuid", "random", "base64", "hex", "url encode", "checksum"),
    summary="",
)
