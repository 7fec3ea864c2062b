"""What an action is given, in memory."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nodeloom_connectors.sdk import ActionContext, FileRef, Usage


@dataclass
class KeptFiles:
    """Files in memory, as the SDK's protocol has them."""

    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    on_item: dict[str, FileRef] = field(default_factory=dict[str, FileRef])

    @property
    def incoming(self) -> Mapping[str, FileRef]:
        return self.on_item

    def add(self, name: str, content: bytes, *, file_name: str, media_type: str) -> None:
        self.contents[name] = content
        self.on_item[name] = FileRef(name, file_name, media_type, len(content))

    async def open(self, file: FileRef) -> AsyncIterator[bytes]:
        content = self.contents[file.id]
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    async def store(self, stream: AsyncIterable[bytes], name: str, media_type: str) -> FileRef:
        content = b"".join([chunk async for chunk in stream])
        file = FileRef(f"art_{len(self.contents)}", name, media_type, len(content))
        self.contents[file.id] = content
        return file


@dataclass
class Lines:
    """A log that keeps its lines."""

    lines: list[str] = field(default_factory=list[str])

    def info(self, event: str, **fields: object) -> None:
        self.lines.append(f"{event} {fields}")

    def warning(self, event: str, **fields: object) -> None:
        self.lines.append(f"{event} {fields}")


def context(client: Any, files: KeptFiles | None = None, key: str = "run_1/node/0") -> ActionContext[Any]:
    usage: list[Usage] = []
    return ActionContext(client, key, files or KeptFiles(), Lines(), usage.append)
