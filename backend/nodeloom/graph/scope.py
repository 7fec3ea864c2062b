"""Where in nested containers a node runs."""

from typing import TypeAlias

ScopePath: TypeAlias = tuple[tuple[str, int], ...]
"""(container's node id, index) from the outside in; () is the root."""

NodeKey: TypeAlias = tuple[str, ScopePath]

ROOT: ScopePath = ()


def format_path(path: ScopePath) -> str:
    """`"loop:3/map:0"`; the root is `""`. Node ids hold neither `/` nor `:` (see `Node.id`)."""
    return "/".join(f"{container}:{index}" for container, index in path)


def parse_path(text: str) -> ScopePath:
    """The reverse of `format_path`; raises ValueError for anything else."""
    if not text:
        return ROOT
    return tuple(_parse_step(step) for step in text.split("/"))


def _parse_step(step: str) -> tuple[str, int]:
    container, _, index = step.partition(":")
    if not container or not index.isascii() or not index.isdigit():
        raise ValueError(f"{step!r} is not a step of a scope path such as 'loop:3'.")
    return container, int(index)
