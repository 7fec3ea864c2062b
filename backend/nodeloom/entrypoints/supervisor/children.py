"""The processes under the supervisor: started, started again when they die, stopped in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_STEADY_AFTER_S = 10.0
_PR_SET_PDEATHSIG = 1

HELD = "--held"
"""The option of a process that waits for a line on its standard input before it begins."""


@dataclass
class Child:
    """One process that has to be there; `restart_at` is set while it is not.

    A `held` child does only what takes long and changes nothing (its imports) until it is released; a `late` one is
    started when the others are up.
    """

    name: str
    command: Sequence[str]
    held: bool = False
    late: bool = False
    process: subprocess.Popen[bytes] | None = None
    restart_at: float | None = None
    _pause: float = field(default=_FIRST_PAUSE_S)
    _started_at: float = 0.0

    def start(self, environ: Mapping[str, str]) -> None:
        self.restart_at = None
        self._started_at = time.monotonic()
        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which keeps the order.
        self.process = subprocess.Popen(
            [*self.command, HELD] if self.held else self.command,
            env=environ,
            stdin=subprocess.PIPE if self.held else subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_dies_with_parent(),
        )

    def release(self) -> None:
        """Let it begin; one that is started again begins at once."""
        if self.held and self.process is not None and self.process.stdin is not None:
            # One that has died meanwhile is noticed like any other.
            with suppress(BrokenPipeError):
                self.process.stdin.write(b"go\n")
                self.process.stdin.close()
        self.held = False

    def notice_death(self) -> int | None:
        """The exit status if the process has just been found dead; plans its restart."""
        if self.process is None or self.process.poll() is None:
            return None
        status = self.process.returncode
        self.process = None
        if time.monotonic() - self._started_at > _STEADY_AFTER_S:
            self._pause = _FIRST_PAUSE_S
        self.restart_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE_S)
        return status

    def restart_if_due(self, environ: Mapping[str, str]) -> None:
        if self.restart_at is not None and time.monotonic() >= self.restart_at:
            self.start(environ)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def how_it_ended(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def program(word: str) -> list[str]:
    """`nodeloom worker` and so on, the word as an argument of its own."""
    script = os.path.join(os.path.dirname(sys.executable), "nodeloom")
    if os.access(script, os.X_OK):
        return [script, word]
    return [sys.executable, "-P", "-m", "nodeloom.entrypoints.cli.main", word]


def _dies_with_parent() -> Callable[[], None] | None:
    """Where the kernel can do that (Linux): also a `kill -9` of the supervisor leaves no process behind."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel
