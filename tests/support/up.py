"""`nodeloom up` as a person starts it: one process with its children, its output in a file."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.waiting import wait_until

NODELOOM = str(Path(sys.executable).parent / "nodeloom")
_READY_WITHIN_S = 90.0


def free_port() -> int:
    """Outside the range that the system takes ports from: nobody else's call gets it before it is listened on."""
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311  nothing secret
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(home: Path, port: int, **settings: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("NODELOOM_")}
    return {**bare, "NODELOOM_HOME": str(home), "NODELOOM_PORT": str(port), **settings}


@dataclass(frozen=True)
class Up:
    process: subprocess.Popen[bytes]
    log: Path
    port: int

    def output(self) -> str:
        return self.log.read_text()

    def child(self, word: str) -> psutil.Process:
        """The first running child that is called `word` or carries it as an argument."""
        found = self.children(word)
        assert found, f"no child {word}"
        return found[0]

    def children(self, word: str) -> list[psutil.Process]:
        return [child for child in psutil.Process(self.process.pid).children() if word in _words(child)]

    def wait_until_said(self, text: str, *, within_s: float = _READY_WITHIN_S) -> None:
        wait_until(
            lambda: text in self.output() or self.process.poll() is not None,
            f"{text!r}; so far:\n{self.output()}",
            within_s=within_s,
        )
        assert text in self.output()


def _words(process: psutil.Process) -> list[str]:
    """Of the command line, paths by their last part; none if it has ended. Valkey writes its line as one text."""
    try:
        line = process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
    return [part.rpartition("/")[2] for part in " ".join(line).split()]


@contextmanager
def nodeloom_up(folder: Path, *, port: int | None = None, **settings: str) -> Generator[Up]:
    """Started and ready; killed at the end if it still runs."""
    port = port or free_port()
    log = folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [NODELOOM, "up", "--no-browser"],
            env=environment(folder / "home", port, **settings),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    started = Up(process, log, port)
    try:
        started.wait_until_said("Nodeloom is ready")
        yield started
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
