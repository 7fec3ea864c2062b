"""The supervisor itself: prepares, starts, watches, stops."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nodeloom.adapters.embedded_redis import NoRedisServer, server_command
from nodeloom.entrypoints.supervisor.children import Child, how_it_ended, program
from nodeloom.entrypoints.supervisor.ground import CannotStart, check_port, lock_home, make_private
from nodeloom.entrypoints.supervisor.ready import is_ready

_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_PATIENCE_S = 15.0
_READY_PATIENCE_S = 60.0
_ASK_EVERY_S = 0.1


def up(environ: Mapping[str, str], *, open_browser: bool) -> int:
    """Runs until it is told to stop; the exit status."""
    preparing = _Preparation(environ)
    # Its imports are the longest part of a start, and need no settings.
    api = Child("api", program("api"), held=True)
    api.start(environ)
    children = [api]
    try:
        settings = preparing.settings()
        if settings is None:
            return preparing.exit_status()
        # Kept open to the end: the lock goes with the file.
        _lock = lock_home(Path(settings["home"]))
        check_port(settings["host"], settings["port"])
        environ = {**environ, "NODELOOM_HOME": settings["home"]}
        children = _children(settings, api)
        for child in children:
            if child is not api and not child.late:
                child.start(environ)
        news = preparing.go_on()
        if news is None:
            return preparing.exit_status()
        return _Supervisor(settings, news, children, environ, open_browser=open_browser).run()
    except (CannotStart, NoRedisServer) as refused:
        print(f"nodeloom: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        preparing.give_up()
        for child in children:
            child.kill()


class _Preparation:
    """The child that checks settings and migrates (`prepare`); its messages to the user pass through."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "nodeloom.entrypoints.supervisor.prepare"],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the supervisor, which ends this child.
            start_new_session=True,
        )

    def settings(self) -> dict[str, Any] | None:
        return self._next_line()

    def go_on(self) -> dict[str, Any] | None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.close()
        news = self._next_line()
        self._process.wait()
        return news

    def give_up(self) -> None:
        self._process.kill()
        self._process.wait()

    def exit_status(self) -> int:
        return self._process.wait() or 1

    def _next_line(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else None


def _children(settings: Mapping[str, Any], api: Child) -> list[Child]:
    """In the order of their start; they stop in the order of `_STOP_ORDER`.

    Imports are most of a start, and two cores do them side by side while the tables are looked at. The scheduler
    follows when the API is ready: a third at the same time would only delay it.
    """
    children: list[Child] = []
    if settings["redis_socket"] is not None:
        path = Path(settings["redis_socket"])
        make_private(path.parent)
        folder = Path(settings["home"]) / "valkey"
        make_private(folder)
        children.append(Child("redis", server_command(path, folder)))
    children.append(api)
    children.extend(Child("worker", program("worker"), held=True) for _ in range(settings["workers"]))
    children.append(Child("scheduler", program("scheduler"), late=True))
    return children


_STOP_ORDER = ("api", "scheduler", "worker", "redis")


class _Supervisor:
    def __init__(
        self,
        settings: Mapping[str, Any],
        news: Mapping[str, Any],
        children: list[Child],
        environ: Mapping[str, str],
        *,
        open_browser: bool,
    ) -> None:
        self._settings = settings
        self._setup_token: str | None = news["setup_token"]
        self._children = children
        self._environ = environ
        self._open_browser = open_browser
        self._signals = _SignalPipe()

    def run(self) -> int:
        for child in self._children:
            child.release()
        if self._wait_until_ready():
            self._start_late()
            self._greet()
            self._watch()
        self._stop()
        return 0

    def _start_late(self) -> None:
        for child in self._children:
            if child.late:
                child.late = False
                child.start(self._environ)

    def _wait_until_ready(self) -> bool:
        """False if it was told to stop before."""
        end: float | None = time.monotonic() + _READY_PATIENCE_S
        while not is_ready(self._settings["host"], self._settings["port"]):
            if self._tend(_ASK_EVERY_S):
                return False
            if end is not None and time.monotonic() > end:
                _say("still not ready after a minute; `nodeloom doctor` says what is missing")
                self._start_late()
                end = None
        return True

    def _watch(self) -> None:
        while not self._tend(None):
            pass

    def _tend(self, longest_s: float | None) -> bool:
        """Waits for a signal or the next restart, then looks after the children; True when told to stop."""
        due = [child.restart_at for child in self._children if child.restart_at is not None]
        waits = [max(at - time.monotonic(), 0.0) for at in due]
        if longest_s is not None:
            waits.append(longest_s)
        if self._signals.wait(min(waits, default=None)) & _STOP_SIGNALS:
            return True
        for child in self._children:
            status = child.notice_death()
            if status is not None:
                _say(f"{child.name} ended ({how_it_ended(status)}), starting it again")
            child.restart_if_due(self._environ)
        return False

    def _stop(self) -> None:
        """One kind after the other; told to stop again, it leaves at once and the rest is killed."""
        _say("stopping")
        for name in _STOP_ORDER:
            group = [child for child in self._children if child.name == name]
            for child in group:
                child.ask_to_stop()
            end = time.monotonic() + _PATIENCE_S
            while any(child.alive for child in group):
                if self._signals.wait(max(end - time.monotonic(), 0.0)) & _STOP_SIGNALS:
                    return
                if time.monotonic() >= end:
                    for child in group:
                        child.kill()
        _say("stopped")

    def _greet(self) -> None:
        address = self._settings["public_url"]
        lines = [f"Nodeloom is ready: {address}"]
        if self._setup_token is not None:
            lines.append("First visit: open the address and make the owner's account.")
            if self._settings["host"] not in {"127.0.0.1", "::1", "localhost"}:
                lines.append(f"From another machine it asks for this token: {self._setup_token}")
        lines.append("Stop with Ctrl-C.")
        print("\n" + "\n".join(f"  {line}" for line in lines) + "\n", flush=True)
        if self._open_browser and self._setup_token is not None and _has_screen():
            import webbrowser

            webbrowser.open(address)


class _SignalPipe:
    """Signals as something that can be waited for, without polling and without work in a handler."""

    def __init__(self) -> None:
        self._reader, writer = os.pipe()
        for end in (self._reader, writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda _number, _frame: None)

    def wait(self, timeout_s: float | None) -> frozenset[int]:
        """The signals that came, none when the time is over."""
        readable, _, _ = select.select([self._reader], [], [], timeout_s)
        return frozenset(os.read(self._reader, 4096)) if readable else frozenset()


def _has_screen() -> bool:
    return sys.stdout.isatty() and (
        sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )


def _say(line: str) -> None:
    print(f"nodeloom: {line}", file=sys.stderr, flush=True)
