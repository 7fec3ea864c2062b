"""Python code of a person in an interpreter without a host (pydantic-monty), in processes of its own."""

import os
import signal
import threading
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Literal

import structlog
from pydantic_monty import (
    Monty,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    MontySyntaxError,
    ResourceLimits,
)

from nodeloom.adapters.code import Fault, Kills, Log, Ran, unheard, unstoppable

_MOST_PROCESSES: Final = 4
_PATIENCE_S: Final = 30.0
_READING_S: Final = 1.0
_MOST_SESSIONS: Final = 1000
_SLEEP_S: Final = 1.0
_LONGEST_MESSAGE: Final = 1000
_MOST_PRINTED: Final = 256 * 1024
_LEVELS: Final = {"stdout": "info", "stderr": "error"}

_log = structlog.stdlib.get_logger(__name__)


class PythonSandbox:
    """Runs each piece of code in a fresh session, always under limits.

    Its methods block, and may be called from any thread. Reading code has a process apart: it never waits for code
    that runs.
    """

    def __init__(self, *, time_limit_s: float = 10.0, memory_limit: int = 64 * 1024 * 1024) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._running = _Processes(_MOST_PROCESSES, time_limit_s + 2)
        self._reading = _Processes(1, _READING_S + 1)

    def problem(self, source: str) -> Fault | None:
        """What is wrong with the code as the parser says it."""
        # The parser reads all of it; nothing runs behind the first line.
        _, fault = self._run(self._reading, _READING_S, "return\n" + source, {}, unheard, unstoppable)
        return None if fault is None else (fault[0], None if fault[1] is None else max(fault[1] - 1, 1))

    def run(self, source: str, names: Mapping[str, Any], log: Log, kills: Kills) -> Ran:
        """What the code returns, by `return` or as its last expression; `names` are its globals."""
        return self._run(self._running, self._time_limit_s, source, names, log, kills)

    def _run(
        self,
        processes: "_Processes",
        time_limit_s: float,
        source: str,
        names: Mapping[str, Any],
        log: Log,
        kills: Kills,
    ) -> Ran:
        output = _Printed(log)
        try:
            with processes.started().checkout(limits=self._limits(time_limit_s)) as session, kills(_killing(session)):
                return session.feed_run(source, inputs=dict(names), print_callback=output.write), None
        except (MontyRuntimeError, MontySyntaxError) as error:
            return None, self._fault(error)
        except MontyCrashedError as error:
            _log.warning("python_sandbox_crashed", problem=str(error))
            return None, ("The code was stopped: its interpreter took too long, or broke.", None)
        except MontyError as error:
            return None, (str(error)[:_LONGEST_MESSAGE], None)
        except TimeoutError:
            return None, ("Too much other Python code is running at the moment.", None)
        except (OSError, RuntimeError) as error:
            _log.error("python_sandbox_unavailable", problem=str(error))
            return None, ("Python can't run here: its interpreter did not start.", None)
        finally:
            output.end()

    def _limits(self, time_limit_s: float) -> ResourceLimits:
        return {
            "max_feed_duration_secs": time_limit_s,
            "max_turn_duration_secs": time_limit_s,
            "max_memory": self._memory_limit,
            "max_recursion_depth": 500,
            "max_total_sleep_secs": _SLEEP_S,
        }

    def _fault(self, error: MontyRuntimeError | MontySyntaxError) -> Fault:
        frames = error.traceback()
        line = frames[-1].line if frames else None
        message = str(error)
        if message.startswith("TimeoutError: feed time limit"):
            message = f"The code was stopped after {self._time_limit_s:g} s."
        elif message.startswith("MemoryError: memory limit"):
            message = f"The code needs more than {self._memory_limit // (1024 * 1024)} MB."
        return message[:_LONGEST_MESSAGE], line


class _Processes:
    """Interpreters that start when the first one is wanted, and end with this object or with the process."""

    def __init__(self, most: int, longest_s: float) -> None:
        self._most = most
        self._longest_s = longest_s
        self._pool: Monty | None = None
        self._starting = threading.Lock()

    def started(self) -> Monty:
        with self._starting:
            if self._pool is None:
                pool = Monty(
                    max_processes=self._most,
                    checkout_timeout=_PATIENCE_S,
                    request_timeout=self._longest_s,
                    max_checkouts_per_worker=_MOST_SESSIONS,
                )
                pool.__enter__()
                weakref.finalize(self, pool.__exit__, None, None, None)
                self._pool = pool
            return self._pool


class _Printed:
    """What the code prints, line by line; more than a quarter of a megabyte is not kept."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._left = _MOST_PRINTED
        self._open = {"stdout": "", "stderr": ""}

    def write(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        if self._left <= 0:
            return
        *lines, self._open[stream] = (self._open[stream] + text[: self._left]).split("\n")
        self._left -= len(text)
        for line in lines:
            self._log(_LEVELS[stream], line)

    def end(self) -> None:
        for stream, line in self._open.items():
            if line:
                self._log(_LEVELS[stream], line)


def _killing(session: MontySession) -> Callable[[], None]:
    pid = session.worker_pid

    def kill() -> None:
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    return kill
