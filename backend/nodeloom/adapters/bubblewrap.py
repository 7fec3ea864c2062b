"""Full Python of a person in bubblewrap: no network, no files but Python's own, no second process, under limits."""

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

import structlog

from nodeloom.adapters import syscalls
from nodeloom.adapters.code import Fault, Kills, Log, Ran, unheard, unstoppable
from nodeloom.adapters.python_packages import PythonPackages

_CHILD: Final = Path(__file__).with_name("full_python_child.py")
# Where it stands inside, wherever Nodeloom is installed.
_INSIDE: Final = "/full_python_child.py"
_CHECK_S: Final = 5.0
_MOST_CHECKED: Final = 500
_FILE_LIMIT: Final = 32 * 1024 * 1024
_SCRATCH: Final = 64 * 1024 * 1024
_MOST_ANSWER: Final = 64 * 1024 * 1024
_MOST_PRINTED: Final = 256 * 1024
_LONGEST_NOTE: Final = 300
_LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_ENVIRONMENT: Final = {
    "HOME": "/tmp",  # noqa: S108 - inside the sandbox, where it is the only folder that can be written
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin",
    # Numeric libraries start as many threads as there are cores, each with a stack that counts as memory.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

_log = structlog.stdlib.get_logger(__name__)


class FullPython:
    """CPython in a sandbox of its own for each piece of code. Its methods block, and may be called from any thread."""

    def __init__(
        self, packages: PythonPackages, *, time_limit_s: float = 30.0, memory_limit: int = 1024 * 1024 * 1024
    ) -> None:
        self._packages = packages
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._looking = threading.Lock()
        self._works = False
        self._checked: dict[str, Fault | None] = {}

    def missing(self) -> str | None:
        """Why it can't run here, and what to do about it; None if it can."""
        if shutil.which("bwrap") is None:
            return "Full Python needs bubblewrap, which is not here: install it (Debian: apt install bubblewrap)."
        if syscalls.refusing() is None:
            return "Full Python runs on x86-64 and 64-bit ARM machines only."
        return self._packages.missing() or self._tried()

    def _tried(self) -> str | None:
        with self._looking:
            if self._works:
                return None
            value, fault = self._run("1 + 1", {}, unheard, unstoppable, _CHECK_S)
            self._works = value == 2
        reason = "" if fault is None else f" ({fault[0].rstrip('.')})"
        advice = "it needs user namespaces, which this system or its container may forbid"
        return None if self._works else f"bubblewrap can't make a sandbox here{reason}: {advice}."

    def problem(self, source: str) -> Fault | None:
        """What is wrong with the code as the parser says it, which works in a sandbox as well."""
        if source not in self._checked:
            if len(self._checked) >= _MOST_CHECKED:
                self._checked.clear()
            self._checked[source] = self._run(source, None, unheard, unstoppable, _CHECK_S)[1]
        return self._checked[source]

    def run(self, source: str, names: Mapping[str, str], log: Log, kills: Kills) -> Ran:
        """What the code returns; `names` are its arguments, each with its value as JSON text."""
        missing = self.missing()
        if missing is not None:
            return None, (missing, None)
        return self._run(source, names, log, kills, self._time_limit_s)

    def _run(
        self,
        source: str,
        names: Mapping[str, str] | None,
        log: Log,
        kills: Kills,
        time_limit_s: float,
    ) -> Ran:
        known = {"items": "", "item": "", "vars": "", "run": "", "workflow": ""}
        request = json.dumps([source, known if names is None else names, names is None])
        # In files rather than pipes: nothing waits for anybody to read the one or to write the other.
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as filter_, contextlib.ExitStack() as ends:
            asked.write(request.encode("utf-8", "surrogatepass"))
            filter_.write(syscalls.refusing() or b"")
            asked.seek(0)
            filter_.seek(0)
            reading, writing = os.pipe()
            answers = ends.enter_context(os.fdopen(reading, "rb"))
            with os.fdopen(writing, "wb"):
                process = self._started(asked, filter_, writing, time_limit_s)
            ends.enter_context(process)
            ends.callback(process.kill)
            with kills(process.kill):
                heard = _Heard(process, answers, log)
                in_time = heard.until(time.monotonic() + time_limit_s)
                if not in_time:
                    process.kill()
                code = process.wait()
        if not in_time:
            return None, (f"The code was stopped after {time_limit_s:g} s.", None)
        return self._read(bytes(heard.answer), code, heard.note)

    def _started(
        self, asked: IO[bytes], filter_: IO[bytes], writing: int, time_limit_s: float
    ) -> "subprocess.Popen[bytes]":
        limits = (writing, self._memory_limit, _FILE_LIMIT, max(int(time_limit_s), 1))
        folder = self._packages.folder()
        child = [*_python(), _INSIDE, *(str(limit) for limit in limits), *(["/packages"] if folder else [])]
        return subprocess.Popen(  # noqa: S603 - what runs in it is the point of the sandbox
            [*_sandbox(filter_.fileno(), folder), "--", *child],
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(writing, filter_.fileno()),
            env={"PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,
        )

    def _read(self, answer: bytes, code: int, note: str) -> Ran:
        try:
            read = json.loads(answer)
        except (ValueError, RecursionError):
            _log.warning("full_python_broke", code=code, note=note)
            ended = "ran out of its limits, or was cut off" if code < 0 or code > 128 else f"ended by itself ({code})"
            return None, (f"The code gave no answer: its Python {ended}.{f' It said: {note}' if note else ''}", None)
        broken = read.get("broken")
        return (None, (broken[0], broken[1])) if broken is not None else (read.get("value"), None)


class _Heard:
    """What comes out of the sandbox: lines for the log, and the answer."""

    def __init__(self, process: "subprocess.Popen[bytes]", answers: IO[bytes], log: Log) -> None:
        assert process.stdout is not None  # they are pipes
        assert process.stderr is not None
        self.answer = bytearray()
        self._log = log
        self._left = _MOST_PRINTED
        self._open = {"info": b"", "error": b""}
        self._last = ""
        self._from = {process.stdout: "info", process.stderr: "error", answers: ""}

    @property
    def note(self) -> str:
        """The last line that it wrote as an error."""
        return self._last[:_LONGEST_NOTE]

    def until(self, deadline: float) -> bool:
        """Whether all ended before the deadline."""
        with selectors.DefaultSelector() as selector:
            for pipe, level in self._from.items():
                selector.register(pipe, selectors.EVENT_READ, level)
            while selector.get_map() and (wait_s := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(wait_s):
                    if not self._take(key.data, os.read(key.fd, 65536)):
                        selector.unregister(key.fileobj)
            ended = not selector.get_map()
        for level, line in self._open.items():
            if line:
                self._say(level, line)
        return ended

    def _take(self, level: str, part: bytes) -> bool:
        """False: no more comes, or more than anybody wants to hear."""
        if not level:
            self.answer += part
            return bool(part) and len(self.answer) <= _MOST_ANSWER
        if self._left > 0:
            *lines, self._open[level] = (self._open[level] + part[: self._left]).split(b"\n")
            self._left -= len(part)
            for line in lines:
                self._say(level, line)
        return bool(part)

    def _say(self, level: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        if level == "error" and text:
            self._last = text
        self._log(level, text)


def _sandbox(filter_: int, packages: Path | None) -> list[str]:
    """bwrap's command line: everything is left out but what Python needs to start."""
    words = [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox"),
        *("--uid", "65534", "--gid", "65534", "--clearenv"),
    ]
    for name, value in _environment().items():
        words += ["--setenv", name, value]
    for library in _LIBRARIES:
        if os.path.islink(library):
            words += ["--symlink", os.readlink(library), library]
        elif os.path.isdir(library):
            words += ["--ro-bind", library, library]
    words += ["--ro-bind-try", "/usr/share/zoneinfo", "/usr/share/zoneinfo"]
    # Before what is bound one by one: that may lie below /tmp itself.
    words += ["--dev", "/dev", "--size", str(_SCRATCH), "--tmpfs", "/tmp", "--chdir", "/tmp"]  # noqa: S108 - inside
    for path in (_python_library(), Path(_python()[0])):
        if not str(path).startswith(_LIBRARIES):
            words += ["--ro-bind", str(path), str(path)]
    words += ["--ro-bind", str(_CHILD), _INSIDE]
    if packages is not None:
        words += ["--ro-bind", str(packages), "/packages"]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--seccomp", str(filter_)]


def _python() -> tuple[str, ...]:
    """Python as it was installed: a virtual environment's own is a link to it."""
    return (os.path.realpath(sys.executable), "-I", "-S", "-B")


def _python_library() -> Path:
    return Path(sys.base_prefix) / "lib"


def _environment() -> Mapping[str, str]:
    library = str(_python_library())
    return _ENVIRONMENT if library in _LIBRARIES else {**_ENVIRONMENT, "LD_LIBRARY_PATH": library}
