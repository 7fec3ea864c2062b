"""What became of a node, as far as the rest of the run needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Finished:
    """The node ran; `counts` holds the number of items that left by each port (a missing port: none).

    A failure that the node's settings handle is Finished too: by `error` when they say port, by `out` when they say
    continue.
    """

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Skipped:
    """No path to the node was taken."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The node failed (or was cancelled) and nothing goes on from it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The node was started and is not decided: it runs, or it is parked."""


@dataclass(frozen=True, slots=True)
class Open:
    """A container whose inner scopes up to `scopes` were started; later ones follow with a greater number.

    Those before `first` are somebody else's.
    """

    scopes: int
    first: int = 0


Outcome: TypeAlias = Finished | Skipped | Failed | Waiting | Open
