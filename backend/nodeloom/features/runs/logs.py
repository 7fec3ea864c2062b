"""The log of a run: what its nodes say and the few things worth saying about them, kept until the journal writes it."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from nodeloom.adapters import clock
from nodeloom.adapters.columns import to_ms
from nodeloom.adapters.masking import masked
from nodeloom.features.runs.rows import Row, shown_id
from nodeloom.graph.scope import NodeKey, ScopePath, format_path

Level: TypeAlias = Literal["debug", "info", "warning", "error"]
LEVELS: Final[tuple[Level, ...]] = ("debug", "info", "warning", "error")

MOST_LINES: Final = 5_000
MOST_BYTES: Final = 1024 * 1024
LONGEST_LINE: Final = 4_000
# Lines are numbered by when they were said, so that those of a map's parts, which write into their parent's log from
# several workers, stand where they belong. No two of them have the same number, whoever says them at the same moment.
_A_MILLISECOND: Final = 20
_PARTS: Final = 32
_CLAIMS: Final = 8
_DROPPED: Final = "More was said than a run's log keeps (5,000 lines, 1 MB): the rest is not here."
_WAITS: Final = {
    "time": "Waits until {until}.",
    "call": "Waits for a call to its resume address.",
    "event": "Waits for an event.",
    "approval": "Waits for an approval.",
    "child": "Waits for the runs that it started.",
    "outcome": "Waits for somebody to say whether it happened.",
    "connection": "Waits for its connection to be renewed.",
    "retry": "Tries again at {until}.",
}


class RunLog:
    """Told from any thread. Until it is opened by a drive, it hears nothing."""

    def __init__(self) -> None:
        self._adding = threading.Lock()
        self._run: Row | None = None
        self._lines = 0
        self._bytes = 0
        self._number = 0
        self._full = True
        self._pending: list[Row] = []
        self._unshown: list[Row] = []

    @property
    def pending(self) -> bool:
        return bool(self._pending)

    def used(self, lines: int, size: int) -> None:
        """What earlier claims of the run have written."""
        self._lines, self._bytes = lines, size

    def open(self, run: Row, show: Callable[[Row, Sequence[Row]], None]) -> None:
        """`show` is called on the event loop that this is called on."""
        self._run = run
        self._show = show
        self._loop = asyncio.get_running_loop()
        self._full = self._lines > MOST_LINES or self._bytes > MOST_BYTES

    def of(self, key: NodeKey) -> Callable[[str, str], None]:
        """What a node calls with a level and a line."""
        node_id, path = key

        def say(level: str, text: str) -> None:
            self.say(level, text, node_id, path)

        return say

    def say(self, level: str, text: str, node_id: str | None = None, path: ScopePath = ()) -> None:
        if self._full:
            return
        text = _storable(masked(text))
        with self._adding:
            if self._full or self._run is None:
                return
            self._lines += 1
            self._bytes += len(text)
            if self._lines > MOST_LINES or self._bytes > MOST_BYTES:
                self._full = True
                level, text, node_id, path = "warning", _DROPPED, None, ()
            now = clock.now()
            row = {
                "run_id": shown_id(self._run),
                "workspace_id": self._run["workspace_id"],
                "seq": self._next_seq(self._run, now),
                "at": now,
                "node_id": node_id,
                "path": format_path(path),
                "level": level if level in LEVELS else "info",
                "text": text,
            }
            self._pending.append(row)
            self._unshown.append(row)
            first = len(self._unshown) == 1
        if first and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._show_all)

    def _next_seq(self, run: Row, now: datetime) -> int:
        """Of one who speaks they only grow, even if the clock is set back."""
        moment = max(0, to_ms(now) - to_ms(run["created_at"]))
        self._number = max(self._number + 1, moment * _A_MILLISECOND)
        part = 0 if run.get("scopes_from") is None else int(run["parent_index"]) + 1
        return (self._number * _PARTS + part % _PARTS) * _CLAIMS + int(run["fence"]) % _CLAIMS

    def _show_all(self) -> None:
        with self._adding:
            rows, self._unshown = self._unshown, []
        if self._run is not None and rows:
            self._show(self._run, rows)

    def ended(self, key: NodeKey, end: Any) -> None:
        """How a node ended, or fell asleep, where that is worth a line."""
        said = _said(end)
        if said is not None:
            self.say(*said, *key)

    def take(self) -> list[Row]:
        """What is to be written now."""
        with self._adding:
            rows, self._pending = self._pending, []
        return rows

    def put_back(self, rows: list[Row]) -> None:
        with self._adding:
            self._pending = rows + self._pending


def next_try(number: int, delay: timedelta, error: Any) -> str:
    return f"Try {number} failed: {error['message']} The next one comes in {delay.total_seconds():.1f} s."


def _said(end: Any) -> tuple[str, str] | None:
    reason, error = getattr(end, "reason", None), end.error
    if reason is not None:
        until = f"{end.until:%Y-%m-%d %H:%M:%S} UTC" if end.until is not None else "some time"
        waits = _WAITS.get(reason, "Waits ({reason}).").format(until=until, reason=reason)
        return (
            ("info", waits) if error is None else ("warning", f"Try {end.attempt} failed: {error['message']} {waits}")
        )
    if error is None:
        return None
    hint = f" ({error['hint'].rstrip('.')})" if error.get("line") else ""
    if hasattr(end, "ports"):
        return "warning", f"Failed, and the run goes on: {error['message']}{hint}"
    return "error", f"Failed: {error['message']}{hint}"


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL, and UTF-8 no half of a surrogate pair."""
    if len(text) > LONGEST_LINE:
        text = f"{text[:LONGEST_LINE]} …"
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
