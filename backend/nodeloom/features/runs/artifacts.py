"""Files of a workspace: an id that gives access, a blob that holds the bytes."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Coroutine, Iterable, Mapping
from typing import Any, BinaryIO, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.blobs import BlobMissing, Blobs, BlobTooLarge, StoredBlob
from nodeloom.adapters.database import Database
from nodeloom.adapters.ids import new_id
from nodeloom.features.runs.errors import ArtifactNotFound, FileTooLarge
from nodeloom.features.runs.models import ARTIFACTS, Artifact
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.nodes.node_type import NodeFailed
from nodeloom_connectors.sdk import FileRef, Refused

T = TypeVar("T")

_PATIENCE_S: Final = 60.0
_GONE: Final = "Files are kept as long as their run; take the file from the node that made it."


class Artifacts:
    """`limit` is the most bytes that one file may have."""

    def __init__(self, database: Database, blobs: Blobs, limit: int) -> None:
        self._database = database
        self._blobs = blobs
        self._limit = limit

    async def store(self, workspace_id: str, stream: AsyncIterable[bytes], name: str, media_type: str) -> Artifact:
        """The bytes are on disk before the row is. Raises FileTooLarge."""
        try:
            stored = await self._blobs.put_stream(stream, limit=self._limit)
        except BlobTooLarge:
            raise self._too_large(name) from None
        return await self.add(workspace_id, stored, name, media_type)

    def write(self, chunks: Iterable[bytes], name: str) -> StoredBlob:
        """The bytes alone, for threads; `add` makes them a file. Raises FileTooLarge."""
        try:
            return self._blobs.write_file(chunks, limit=self._limit)
        except BlobTooLarge:
            raise self._too_large(name) from None

    def _too_large(self, name: str) -> FileTooLarge:
        return FileTooLarge(f"{name!r} is larger than {self._limit // 1_000_000} MB.")

    async def add(self, workspace_id: str, stored: StoredBlob, name: str, media_type: str) -> Artifact:
        artifact = Artifact(
            id=new_id("art"),
            workspace_id=workspace_id,
            name=name.replace("\0", "").encode(errors="replace").decode(),
            media_type=_sendable(media_type),
            size=stored.size,
            sha256=stored.digest,
            created_at=clock.now(),
        )
        async with self._database.transaction() as session:
            session.add(artifact)
        return artifact

    async def find(self, workspace_id: str, artifact_id: str) -> Artifact:
        async with self._database.read() as session:
            return await find(session, workspace_id, artifact_id)

    async def read(self, workspace_id: str, artifact_id: str) -> AsyncIterator[bytes]:
        artifact = await self.find(workspace_id, artifact_id)
        async for chunk in self._blobs.stream(artifact.sha256):
            yield chunk

    def open(self, artifact: Artifact) -> BinaryIO:
        """For threads; raises BlobMissing."""
        return self._blobs.open(artifact.sha256)

    def stream(self, artifact: Artifact, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        return self._blobs.stream(artifact.sha256, start=start, length=length)


def _sendable(media_type: str) -> str:
    """A type that can be said in a header when the file is sent; whoever gave it may have meant anything."""
    return media_type if media_type.isascii() and media_type.isprintable() else "application/octet-stream"


async def find(session: AsyncSession, workspace_id: str, artifact_id: str) -> Artifact:
    rows = select(Artifact).where(ARTIFACTS.c.id == artifact_id, ARTIFACTS.c.workspace_id == workspace_id)
    artifact = (await session.execute(rows)).scalar_one_or_none()
    if artifact is None:
        raise ArtifactNotFound(f"There is no file {artifact_id!r}.")
    return artifact


class ItemFiles:
    """An SDK `Files` over the artifacts of one workspace."""

    def __init__(self, artifacts: Artifacts, workspace_id: str, item: Item) -> None:
        self._artifacts = artifacts
        self._workspace_id = workspace_id
        self._incoming = {name: _file(ref) for name, ref in item.files.items()}

    @property
    def incoming(self) -> Mapping[str, FileRef]:
        return self._incoming

    async def open(self, file: FileRef) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._artifacts.read(self._workspace_id, file.id):
                yield chunk
        except (ArtifactNotFound, BlobMissing):
            raise Refused(_gone(file.name), "no_such_file", hint=_GONE) from None

    async def store(self, stream: AsyncIterable[bytes], name: str, media_type: str) -> FileRef:
        try:
            artifact = await self._artifacts.store(self._workspace_id, stream, name, media_type)
        except FileTooLarge as refused:
            raise Refused(refused.detail, "too_large", hint=refused.hint) from None
        return FileRef(artifact.id, artifact.name, artifact.media_type, artifact.size)


class NodeFiles:
    """A `FileStore` of the nodes: the files of one workspace, for threads beside the event loop."""

    def __init__(self, artifacts: Artifacts, workspace_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self._artifacts = artifacts
        self._workspace_id = workspace_id
        self._loop = loop

    def open(self, file: ArtifactRef, /) -> BinaryIO:
        try:
            found = self._await(self._artifacts.find(self._workspace_id, file.id))
            return self._artifacts.open(found)
        except (ArtifactNotFound, BlobMissing):
            raise NodeFailed("no_such_file", _gone(file.name), _GONE) from None

    def store(self, chunks: Iterable[bytes], name: str, media_type: str, /) -> ArtifactRef:
        try:
            stored = self._artifacts.write(chunks, name)
        except FileTooLarge as refused:
            raise NodeFailed("too_large", refused.detail, refused.hint) from None
        made = self._await(self._artifacts.add(self._workspace_id, stored, name, media_type))
        return ArtifactRef(made.id, made.name, made.media_type, made.size)

    def _await(self, question: Coroutine[Any, Any, T]) -> T:
        # The loop may end while a thread still works: nobody would answer then.
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(_PATIENCE_S)


def _gone(name: str) -> str:
    return f"The file {name!r} is not there any more."


def _file(ref: ArtifactRef) -> FileRef:
    return FileRef(ref.id, ref.name, ref.media_type, ref.size)
