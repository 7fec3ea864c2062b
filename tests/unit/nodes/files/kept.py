"""A folder that nodes keep their files in, and a way to run the two nodes on it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from nodeloom.adapters.confined import ConfinedReaders
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.nodes.files.convert import CONVERT_FILE
from nodeloom.nodes.files.extract import extract_node
from nodeloom.nodes.node_type import Emitted, NodeContext
from tests.unit.nodes.running import NOW, Json

EXTRACT_FILE = extract_node(ConfinedReaders())


class Kept:
    """A `FileStore` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def open(self, file: ArtifactRef, /) -> BinaryIO:
        return (self._folder / file.id).open("rb")

    def store(self, chunks: Iterable[bytes], name: str, media_type: str, /) -> ArtifactRef:
        content = b"".join(chunks)
        self._count += 1
        (self._folder / f"art_{self._count}").write_bytes(content)
        return ArtifactRef(f"art_{self._count}", name, media_type, len(content))

    def file(self, content: bytes, name: str = "file", media_type: str = "application/octet-stream") -> ArtifactRef:
        return self.store([content], name, media_type)

    def content(self, file: ArtifactRef) -> bytes:
        with self.open(file) as opened:
            return opened.read()

    def extract_items(self, content: bytes, name: str = "file", **params: object) -> Sequence[Item]:
        """What the node gives for an item with this one file."""
        item = Item({"order": 7}, {"data": self.file(content, name)})
        checked = EXTRACT_FILE.spec.params.model_validate(params)
        assert EXTRACT_FILE.run is not None
        result = EXTRACT_FILE.run(checked, item, NodeContext(NOW, "UTC", files=self))
        assert isinstance(result, Emitted)
        return result.ports["out"]

    def extract(self, content: bytes, name: str = "file", **params: object) -> list[Json]:
        return [item.json for item in self.extract_items(content, name, **params)]

    def convert(
        self, format_: str, *jsons: Json, files: Sequence[Mapping[str, ArtifactRef]] = (), **params: object
    ) -> bytes:
        """The bytes of the file that the node makes of the items."""
        items = [Item(json) for json in jsons] + [Item({}, of_item) for of_item in files]
        (item,) = self.converted({"format": format_, **params}, items)
        return self.content(item.files["data"])

    def converted(self, params: Mapping[str, object], given: Sequence[Item] | Item) -> Sequence[Item]:
        checked = CONVERT_FILE.spec.params.model_validate(params)
        assert CONVERT_FILE.run is not None
        inputs = given if isinstance(given, Item) else {"in": given}
        result = CONVERT_FILE.run(checked, inputs, NodeContext(NOW, "UTC", files=self))
        assert isinstance(result, Emitted)
        return result.ports["out"]
