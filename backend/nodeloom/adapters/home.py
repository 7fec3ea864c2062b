"""The data folder: made private, and home of what must not be lost."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

# sockaddr_un holds 108 bytes with the closing zero on Linux, 104 on macOS.
_LONGEST_SOCKET_PATH = 100


def prepare_home(home: Path) -> None:
    """Makes the folder with mode 0700 and proves that it can be written; raises OSError."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=home):
        pass


def read_or_make_secret_key(home: Path) -> str:
    """The key in HOME/secret.key, made on first use; of several processes that make it at once, one wins."""
    path = home / "secret.key"
    if not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=home, prefix=".secret-")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a rename, fails where another process was first.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text().strip()


def socket_path(home: Path) -> Path:
    """Where the embedded Redis listens; a private folder in the temporary one if HOME's path is too long."""
    path = home / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"nodeloom-{os.getuid()}-{digest}" / "valkey.sock"
