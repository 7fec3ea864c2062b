"""A person's JavaScript in processes of its own: what runs too long, or for nobody, is ended with its process."""

import contextlib
import os
import select
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import structlog

from nodeloom.adapters.code import Kills, Log, Ran

_LENGTH: Final = struct.Struct(">Q")
_BIGGEST_ANSWER: Final = 256 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
# The interpreter counts the time in which it computes; a busy machine may take several times that.
_PATIENCE: Final = 4
_START_S: Final = 30.0

_log = structlog.stdlib.get_logger(__name__)


class JavaScriptProcesses:
    """Interpreters that start when they are wanted and stay for the next piece of code.

    `module` is started by `python -m` with the limits as its arguments. It reads one request after the other, a
    length of 8 bytes and the JSON `[source, {name: JSON text}]`, and answers each in the same form: `{value}` or
    `{broken: [message, line]}`, with `lines: [[level, text]]`. `run` blocks and may be called from any thread.
    """

    def __init__(self, module: str, *, time_limit_s: float = 10.0, memory_limit: int = 64 * 1024 * 1024) -> None:
        limits = str(time_limit_s), str(memory_limit)
        # Without -P or -I a folder that happens to be the working directory would be looked in for modules first.
        self._command = (sys.executable, "-I", "-m", module, *limits)
        self._time_limit_s = time_limit_s
        self._idle: list[_Interpreter] = []
        self._taking = threading.Lock()
        weakref.finalize(self, _end_all, self._idle)

    def run(self, source: str, names: Mapping[str, str], log: Log, kills: Kills) -> Ran:
        """What the code returns; `names` are in its scope, each with its value as JSON text."""
        request = orjson.dumps([source, names])
        interpreter = self._taken()
        if interpreter is None:
            return None, ("JavaScript can't run here: its interpreter did not start.", None)
        with kills(interpreter.kill):
            body = interpreter.ask(request, time.monotonic() + self._time_limit_s * _PATIENCE + _START_S)
        if body is None:
            interpreter.end()
            _log.warning("javascript_stopped")
            return None, ("The code was stopped: its interpreter took too long, or broke.", None)
        with self._taking:
            self._idle.append(interpreter)
        return _read_answer(body, log)

    def _taken(self) -> "_Interpreter | None":
        with self._taking:
            while self._idle:
                interpreter = self._idle.pop()
                if interpreter.alive:
                    return interpreter
                interpreter.end()
        try:
            return _Interpreter(self._command)
        except OSError as error:
            _log.error("javascript_unavailable", problem=str(error))
            return None


def _end_all(interpreters: "list[_Interpreter]") -> None:
    while interpreters:
        interpreters.pop().end()


def _read_answer(body: bytes, log: Log) -> Ran:
    answer: dict[str, Any] = orjson.loads(body)
    for level, text in answer["lines"]:
        log(level, text)
    broken = answer.get("broken")
    return (None, (broken[0], broken[1])) if broken is not None else (answer["value"], None)


class _Interpreter:
    """One process; it ends by itself when nobody can ask it any more."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, deadline: float) -> bytes | None:
        """The answer; None if the process ended first, or had none by then."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # they are pipes
        assert stdout is not None
        try:
            stdin.write(_LENGTH.pack(len(request)) + request)
            stdin.flush()
        except OSError:
            return None
        head = _read(stdout.fileno(), _LENGTH.size, deadline)
        if head is None:
            return None
        (length,) = _LENGTH.unpack(head)
        return _read(stdout.fileno(), length, deadline) if length <= _BIGGEST_ANSWER else None

    def kill(self) -> None:
        """At once, from any thread; whoever waits for an answer gets none."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def end(self) -> None:
        self.kill()
        # Leaving a Popen closes its pipes and waits for the process.
        with contextlib.suppress(BrokenPipeError), self._process:
            pass


def _read(pipe: int, length: int, deadline: float) -> bytes | None:
    parts: list[bytes] = []
    left = length
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while left:
        wait_s = deadline - time.monotonic()
        if wait_s <= 0 or not poll.poll(wait_s * 1000):
            return None
        part = os.read(pipe, min(left, _CHUNK))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
