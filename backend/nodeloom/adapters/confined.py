"""A reader of files in a process of its own, with an end to its time and memory.

The process starts for one file, gets it as its standard input, and gives batches of records as lines of JSON. It has
no environment and no other file of ours; whatever becomes of it, the worker lives.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import IO, Any, BinaryIO, Final, TypeAlias, cast

import structlog

from nodeloom.adapters import confined_child

Fault: TypeAlias = tuple[str, str, str]
"""Code, message and hint."""
Kills: TypeAlias = Callable[[Callable[[], None]], AbstractContextManager[None]]

_PATIENCE_S: Final = 60.0
_log = structlog.stdlib.get_logger(__name__)


class ConfinedReaders:
    """May be called from any thread; blocks."""

    def __init__(self, *, at_once: int = 2, time_limit_s: float = 60.0, memory_limit: int = 1024 * 1024 * 1024) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit

    def read(
        self, reader: str, file: BinaryIO, options: Mapping[str, Any], kills: Kills, /
    ) -> Iterator[list[dict[str, Any]] | Fault]:
        """Batches of what the reader gives; a fault is the last thing that comes. `reader` is `module:function`.

        Within `kills(kill)` somebody may call `kill`, who no longer waits for the end.
        """
        if not self._places.acquire(timeout=_PATIENCE_S):
            yield ("busy", "Too many other files are being read at the moment.", "Try again in a minute.")
            return
        try:
            yield from self._read(reader, file, options, kills)
        finally:
            self._places.release()

    def _read(
        self, reader: str, file: BinaryIO, options: Mapping[str, Any], kills: Kills
    ) -> Iterator[list[dict[str, Any]] | Fault]:
        file.seek(0)
        command = [sys.executable, "-I", "-m", confined_child.__name__, reader, json.dumps(dict(options))]
        limits = [str(self._memory_limit), str(int(self._time_limit_s) + 5)]
        with subprocess.Popen(  # noqa: S603  our own interpreter and module
            [*command, *limits], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        ) as child:
            late = threading.Event()
            timer = threading.Timer(self._time_limit_s, _stop, (child, late))
            timer.start()
            try:
                assert child.stdout is not None  # asked for above
                with kills(child.kill):
                    yield from self._batches(child.stdout, late)
            finally:
                timer.cancel()
                child.kill()

    def _batches(self, output: IO[bytes], late: threading.Event) -> Iterator[list[dict[str, Any]] | Fault]:
        for line in output:
            said: Any = None
            with suppress(ValueError):
                said = json.loads(line)
            match said:
                case {"records": list()}:
                    yield cast("list[dict[str, Any]]", said["records"])
                case {"end": None}:
                    return
                case {"end": [str(code), str(message), str(hint)]}:
                    yield (code, message, hint)
                    return
                case _:
                    break
        if late.is_set():
            limit = f"{self._time_limit_s:g} s"
            yield ("timeout", f"Reading took longer than {limit} and was stopped.", "Take a smaller part of the file.")
            return
        _log.warning("a reader of files broke off", late=late.is_set())
        yield ("unreadable", "The program that reads such files broke over this one.", "Save the file anew.")


def _stop(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()
