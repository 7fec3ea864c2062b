"""One record on an edge, with the files that belong to it and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from nodeloom.graph.json_value import JsonValue

Origin: TypeAlias = tuple[tuple[str, int], ...]
"""(input name, position in that input's joined list) of each item that this one was made from."""


@dataclass(frozen=True, slots=True)
class ArtifactRef:
    """A stored file; `size` in bytes."""

    id: str
    name: str
    media_type: str
    size: int


class ItemInvalid(ValueError):
    """The document is not an item."""


_NO_FILES: Mapping[str, ArtifactRef] = MappingProxyType({})


def _no_files() -> Mapping[str, ArtifactRef]:
    return _NO_FILES


@dataclass(frozen=True, slots=True)
class Item:
    """`origin` points into the inputs of the node that made the item; `each` nodes are stamped by the engine."""

    json: dict[str, JsonValue]
    files: Mapping[str, ArtifactRef] = field(default_factory=_no_files)
    origin: Origin = ()


def item_to_document(item: Item) -> dict[str, JsonValue]:
    """The item as JSON; empty `files` and `origin` are left out."""
    document: dict[str, JsonValue] = {"json": item.json}
    if item.files:
        document["files"] = {name: _file_document(ref) for name, ref in item.files.items()}
    if item.origin:
        document["origin"] = [[name, position] for name, position in item.origin]
    return document


def item_from_document(document: Mapping[str, JsonValue]) -> Item:
    """The reverse of `item_to_document`; raises ItemInvalid when the document is not an item."""
    json = document.get("json")
    if not isinstance(json, dict):
        raise ItemInvalid('An item looks like {"json": {…}}: its "json" is an object.')
    unknown = document.keys() - {"json", "files", "origin"}
    if unknown:
        raise ItemInvalid(f"An item has no {sorted(unknown)[0]!r}; it has json, files and origin.")
    return Item(json, _files(document.get("files")), _origin(document.get("origin")))


def _file_document(ref: ArtifactRef) -> dict[str, JsonValue]:
    return {"id": ref.id, "name": ref.name, "media_type": ref.media_type, "size": ref.size}


def _files(document: JsonValue) -> Mapping[str, ArtifactRef]:
    if not document:
        return _NO_FILES
    if not isinstance(document, dict):
        raise ItemInvalid("An item's files are an object of name and file.")
    return {name: _file(name, value) for name, value in document.items()}


def _file(name: str, document: JsonValue) -> ArtifactRef:
    match document:
        case {"id": str(id_), "name": str(file_name), "media_type": str(media_type), "size": int(size)}:
            return ArtifactRef(id_, file_name, media_type, size)
        case _:
            raise ItemInvalid(f"The file {name!r} of an item needs id, name, media_type and size.")


def _origin(document: JsonValue) -> Origin:
    if not document:
        return ()
    if not isinstance(document, list):
        raise ItemInvalid("An item's origin is a list of [input, position].")
    return tuple(_origin_step(step) for step in document)


def _origin_step(document: JsonValue) -> tuple[str, int]:
    match document:
        case [str(name), int(position)]:
            return name, position
        case _:
            raise ItemInvalid("An item's origin is a list of [input, position].")
