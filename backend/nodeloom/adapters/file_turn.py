"""Who may write next, among processes: a lock of the kernel on a file beside the database.

SQLite's own waiting is a sleep of 1, 2, 5, 10 … ms: two processes that write by turns spend most of their time asleep.
The kernel wakes who waits for this lock at once, and takes it back from a process that dies.
"""

import fcntl
import os
import queue
import threading
from concurrent.futures import Future
from pathlib import Path


class FileTurn:
    """At most one asks at a time, and gives back what it got (`Turns` sees to both)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._asked: queue.SimpleQueue[Future[None]] = queue.SimpleQueue()
        # Those whom the thread still has to serve: while there is one, the lock may come to us without being asked for.
        self._unserved = 0
        self._count = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> "Future[None]":
        """Done when the turn has come; cancel it to stop waiting."""
        future: Future[None] = Future()
        with self._count:
            alone = self._unserved == 0
        if alone and self._try():
            future.set_result(None)
            return future
        with self._count:
            self._unserved += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="turns", daemon=True)
            self._thread.start()
        self._asked.put(future)
        return future

    def give_back(self) -> None:
        fcntl.flock(self._opened(), fcntl.LOCK_UN)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _serve(self) -> None:
        """Waiting in the kernel can't be given up; a thread does it for those who can't wait for ever."""
        while True:
            future = self._asked.get()
            fcntl.flock(self._opened(), fcntl.LOCK_EX)
            wanted = future.set_running_or_notify_cancel()
            if not wanted:
                self.give_back()
            with self._count:
                self._unserved -= 1
            if wanted:
                future.set_result(None)

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        return self._file
