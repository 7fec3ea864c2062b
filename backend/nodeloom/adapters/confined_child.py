"""The other side of `confined`: reads one file, says what is in it, and ends.

    python -I -m nodeloom.adapters.confined_child module:function OPTIONS MEMORY SECONDS < file > lines of JSON

It imports next to nothing itself, since every file waits for its start.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import IO, Any

_BATCH = 200


def main(reader: str, options: str, memory: str, seconds: str) -> None:
    output = _own_output()
    _limit(resource.RLIMIT_AS, int(memory))
    _limit(resource.RLIMIT_CPU, int(seconds))
    _limit(resource.RLIMIT_FSIZE, 0)
    end: list[str] | None = None
    try:
        module, _, name = reader.partition(":")
        read: Callable[..., Iterator[dict[str, Any]]] = getattr(import_module(module), name)
        with open(0, "rb") as file:
            _tell_all(output, read(file, SimpleNamespace(**json.loads(options))))
    except MemoryError:
        limit = int(memory) // 1_000_000
        end = ["too_large", f"Reading the file needs more than {limit:,} MB.", "Take a smaller part of the file."]
    except Exception as error:  # noqa: BLE001  a file may break a reader in any way
        end = [
            str(getattr(error, "code", "unreadable")),
            str(getattr(error, "message", f"The file can't be read: {type(error).__name__}.")),
            str(getattr(error, "hint", "Save the file anew.")),
        ]
    _tell(output, {"end": end})


def _own_output() -> IO[bytes]:
    """What a library prints must not get between the lines."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _limit(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def _tell_all(output: IO[bytes], records: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            _tell(output, {"records": batch})
            batch = []
    if batch:
        _tell(output, {"records": batch})


def _tell(output: IO[bytes], said: dict[str, Any]) -> None:
    output.write(json.dumps(said, allow_nan=False).encode() + b"\n")
    output.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
