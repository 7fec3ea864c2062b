"""The ground to stand on: one supervisor per data folder, a free port, a private place for the socket."""

import errno
import fcntl
import os
import socket
import stat
from pathlib import Path
from typing import IO


class CannotStart(Exception):
    """One line for the person at the terminal."""


def lock_home(home: Path) -> IO[str]:
    """Held as long as the file stays open; raises `CannotStart` if another supervisor holds it."""
    file = (home / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        raise CannotStart(f"Nodeloom is already running on {home} (process {owner}); stop it or use --home") from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def check_port(host: str, port: int) -> None:
    """Raises `CannotStart` if nobody could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(f"port {port} is taken by another program; choose one with --port") from None
        raise CannotStart(f"can't listen on {host}:{port} (NODELOOM_HOST, NODELOOM_PORT): {error.strerror}") from None


def make_private(folder: Path) -> None:
    """A folder that is ours alone, also under a temporary folder where others may write."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise CannotStart(f"{folder} belongs to somebody else; set NODELOOM_HOME to a shorter path")
