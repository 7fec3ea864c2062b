"""Payloads as bytes for the database: small ones as they are, large ones in the blob store under their hash.

What holds a secret of the run that packs it is kept twice: masked for every reader, and sealed for the run alone.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, cast

import orjson

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.columns import dump_json, load_json
from nodeloom.adapters.masking import Mask, current
from nodeloom.adapters.vault import Vault
from nodeloom.features.runs.state import Done, Ports
from nodeloom.graph.item import ArtifactRef, Item, item_from_document, item_to_document
from nodeloom.nodes.node_type import Answer

INLINE_BYTES = 32 * 1024
_INLINE = b"j"
_BLOB = b"b"
TWOFOLD = b"s"
_SIZE_BYTES = 4
_DIGEST = re.compile(rb"[0-9a-f]{64}")
# Pydantic writes 255 levels, the page around the items included.
_DEEPEST = 200


class Payloads:
    def __init__(self, blobs: Blobs, vault: Vault) -> None:
        self._blobs = blobs
        self._vault = vault

    async def pack(self, value: Any) -> bytes:
        """JSON in at most 32 KiB beside the row, else a reference to a blob that is on disk when this returns."""
        mask = current()
        shown = value if mask is None else mask.value(value)
        body = dump_json(shown).encode()
        packed = _INLINE + body if len(body) <= INLINE_BYTES else await asyncio.to_thread(self._put, body)
        if mask is None or shown is value:
            return packed
        return await asyncio.to_thread(self._twofold, packed, value, mask)

    def pack_blocking(self, value: Any) -> bytes:
        """The same for threads, as inside an operation of the writer."""
        mask = current()
        shown = value if mask is None else mask.value(value)
        packed = self._put(dump_json(shown).encode())
        return packed if mask is None or shown is value else self._twofold(packed, value, mask)

    async def unpack(self, packed: bytes) -> Any:
        """As it was packed for a run (see masking.hiding), which from then on hides its secrets; else masked."""
        if packed[:1] == _INLINE:
            return load_json(packed[1:].decode())
        return await asyncio.to_thread(self.unpack_blocking, packed)

    def unpack_blocking(self, packed: bytes) -> Any:
        """`unpack` for threads."""
        if packed[:1] != TWOFOLD:
            return load_json(self._get(packed).decode())
        begin = 1 + _SIZE_BYTES
        end = begin + int.from_bytes(packed[1:begin])
        mask = current()
        if mask is None:
            return self.unpack_blocking(packed[begin:end])
        clear = self._vault.decrypt(self._get(packed[end:]), bound_to=_bond(mask.owner))
        opened = load_json(clear.decode())
        mask.add(opened["secrets"])
        return opened["value"]

    def sealed_anew(self, packed: bytes, workspace_id: str) -> bytes | None:
        """A payload of the workspace under the vault's newest key; None if there is nothing to change about it."""
        if packed[:1] != TWOFOLD:
            return None
        end = 1 + _SIZE_BYTES + int.from_bytes(packed[1 : 1 + _SIZE_BYTES])
        fresh = self._vault.sealed_anew(self._get(packed[end:]), bound_to=_bond(workspace_id))
        return None if fresh is None else packed[:end] + self._put(fresh)

    def _twofold(self, masked: bytes, value: Any, mask: Mask) -> bytes:
        clear = dump_json({"value": value, "secrets": sorted(mask.secrets)}).encode()
        sealed = self._put(self._vault.encrypt(clear, bound_to=_bond(mask.owner)))
        return TWOFOLD + len(masked).to_bytes(_SIZE_BYTES) + masked + sealed

    def _put(self, body: bytes) -> bytes:
        return _INLINE + body if len(body) <= INLINE_BYTES else _BLOB + self._blobs.write(body).encode()

    def _get(self, packed: bytes) -> bytes:
        return packed[1:] if packed[:1] == _INLINE else self._blobs.read(packed[1:].decode())


def _bond(workspace_id: str) -> str:
    return f"payload/{workspace_id}"


def blobs_of(packed: bytes) -> tuple[str, ...]:
    """The hashes of the blobs that a payload refers to; none for bytes that are no payload."""
    kind, rest = packed[:1], packed[1:]
    if kind == TWOFOLD:
        end = _SIZE_BYTES + int.from_bytes(rest[:_SIZE_BYTES])
        return (*blobs_of(rest[_SIZE_BYTES:end]), *blobs_of(rest[end:]))
    return (rest.decode(),) if kind == _BLOB and _DIGEST.fullmatch(rest) else ()


def packed_small(value: Any) -> bytes:
    """The same as `Payloads.pack` for what is known to be small."""
    return _INLINE + dump_json(value).encode()


def shown(value: Any) -> Any:
    """A payload as every reader of JSON takes it: no half characters, and no deeper than they go.

    What comes in from outside and what a script makes may be both; it is kept as it is, for the run.
    """
    try:
        orjson.dumps([[[[[[[[value]]]]]]]])
    except TypeError:
        return _mended(value, _DEEPEST)
    return value


def _mended(value: Any, levels: int) -> Any:
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case list() | dict() if levels == 0:
            return "…"
        case list():
            return [_mended(entry, levels - 1) for entry in cast("list[Any]", value)]
        case dict():
            fields = cast("dict[str, Any]", value)
            return {_mended(name, levels): _mended(entry, levels - 1) for name, entry in fields.items()}
        case _:
            return value


def items_document(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [item_to_document(item) for item in items]


def items_from(documents: Sequence[dict[str, Any]]) -> list[Item]:
    return [item_from_document(document) for document in documents]


def output_document(ports: Ports, answer: Answer | None) -> dict[str, Any]:
    """What a node gave, as the journal keeps it: `{ports: {name: items}, answer?}`."""
    document: dict[str, Any] = {"ports": {port: items_document(items) for port, items in ports.items()}}
    if answer is not None:
        document["answer"] = answer_document(answer)
    return document


def output_from(document: dict[str, Any]) -> Done:
    ports = {port: items_from(items) for port, items in document["ports"].items()}
    answer = document.get("answer")
    return Done(ports, answer_from(answer) if answer is not None else None)


def answer_document(answer: Answer) -> dict[str, Any]:
    body = answer.body
    if isinstance(body, ArtifactRef):
        file = {"id": body.id, "name": body.name, "media_type": body.media_type, "size": body.size}
        return {"status": answer.status, "headers": dict(answer.headers), "file": file}
    return {"status": answer.status, "headers": dict(answer.headers), "body": body}


def answer_from(document: dict[str, Any]) -> Answer:
    file = document.get("file")
    body = ArtifactRef(**file) if file is not None else document.get("body")
    return Answer(document["status"], document["headers"], body)
