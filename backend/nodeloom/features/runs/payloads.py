"""Payloads as bytes for the database: small ones as they are, large ones in the blob store under their hash."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import orjson

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.columns import dump_json, load_json
from nodeloom.features.runs.state import Done, Ports
from nodeloom.graph.item import ArtifactRef, Item, item_from_document, item_to_document
from nodeloom.nodes.node_type import Answer

INLINE_BYTES = 32 * 1024
_INLINE = b"j"
_BLOB = b"b"
# Pydantic writes 255 levels, the page around the items included.
_DEEPEST = 200


class Payloads:
    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def pack(self, value: Any) -> bytes:
        """JSON in at most 32 KiB beside the row, else a reference to a blob that is on disk when this returns."""
        body = dump_json(value).encode()
        if len(body) <= INLINE_BYTES:
            return _INLINE + body
        return _BLOB + (await self._blobs.put(body)).encode()

    def pack_blocking(self, value: Any) -> bytes:
        """The same for threads, as inside an operation of the writer."""
        body = dump_json(value).encode()
        return _INLINE + body if len(body) <= INLINE_BYTES else _BLOB + self._blobs.write(body).encode()

    def unpack_blocking(self, packed: bytes) -> Any:
        """`unpack` for threads."""
        body = packed[1:]
        return load_json((body if packed[:1] == _INLINE else self._blobs.read(body.decode())).decode())

    async def unpack(self, packed: bytes) -> Any:
        body = packed[1:]
        if packed[:1] == _INLINE:
            return load_json(body.decode())
        large = await self._blobs.get(body.decode())
        return await asyncio.to_thread(load_json, large.decode())


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
