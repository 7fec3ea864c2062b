"""How a node reads files and makes new ones; it does so in a thread, where it may block."""

from collections.abc import Iterable
from typing import BinaryIO, Protocol

from nodeloom.graph.item import ArtifactRef


class FileStore(Protocol):
    def open(self, file: ArtifactRef, /) -> BinaryIO:
        """The bytes from their begin, seekable, from a file that a process could inherit; NodeFailed if it is gone."""
        ...

    def store(self, chunks: Iterable[bytes], name: str, media_type: str, /) -> ArtifactRef:
        """NodeFailed if it gets larger than a file may be; then nothing is kept."""
        ...


class NoFiles:
    """Where nothing was wired in."""

    def open(self, file: ArtifactRef, /) -> BinaryIO:
        raise RuntimeError(f"{file.name} can't be opened here")

    def store(self, _chunks: Iterable[bytes], name: str, _media_type: str, /) -> ArtifactRef:
        raise RuntimeError(f"{name} can't be stored here")
