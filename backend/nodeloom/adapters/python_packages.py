"""The packages that full Python may import: an administrator's locked list, installed once for what stands in it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_ADVICE: Final = "run `nodeloom python sync` on this machine"


class SyncFailed(Exception):
    """The list could not be installed; the message says what the installer said."""


class PythonPackages:
    """`python/requirements.lock` in the data folder, with hashes, and what it gave under `python/envs`."""

    def __init__(self, home: Path) -> None:
        self.lock = home / "python" / "requirements.lock"
        self._environments = home / "python" / "envs"

    def folder(self) -> Path | None:
        """Where the packages of the list as it stands are, once they are installed; None without a list."""
        try:
            listed = self.lock.read_bytes()
        except OSError:
            return None
        # Wheels are made for one version of Python.
        version = f"{sys.implementation.cache_tag}-".encode()
        folder = self._environments / hashlib.sha256(version + listed).hexdigest()[:24]
        return folder if folder.is_dir() else None

    def missing(self) -> str | None:
        """Why the packages aren't there; None if all is well or none are listed."""
        if not self.lock.exists() or self.folder() is not None:
            return None
        return f"The packages of {self.lock} are not installed: {_ADVICE}."

    def sync(self) -> Path | None:
        """Install what the list says, unless it is there. Raises SyncFailed."""
        if not self.lock.exists():
            return None
        there = self.folder()
        if there is not None:
            return there
        listed = self.lock.read_bytes()
        version = f"{sys.implementation.cache_tag}-".encode()
        folder = self._environments / hashlib.sha256(version + listed).hexdigest()[:24]
        self._environments.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._environments, prefix="making-") as making:
            target = Path(making) / "packages"
            target.mkdir()
            done = subprocess.run(  # noqa: S603 - our own interpreter, or uv
                [*_installer(), "--target", str(target), "--require-hashes", "-r", str(self.lock)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise SyncFailed((done.stderr or done.stdout).strip()[-2000:])
            try:
                os.rename(target, folder)
            except OSError:
                if not folder.is_dir():
                    raise
        return folder

    def forget_old(self) -> int:
        """Remove the environments of lists that are no longer there; how many."""
        kept = self.folder()
        old = [path for path in self._environments.glob("*") if path.is_dir() and path != kept]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return len(old)


def _installer() -> list[str]:
    """Wheels only: what builds itself would run code of strangers outside of the sandbox."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    uv = shutil.which("uv")
    if uv is None:
        raise SyncFailed("Neither pip nor uv is here to install packages with.")
    return [uv, "pip", "install", "--quiet", "--python", sys.executable, "--only-binary=:all:"]
