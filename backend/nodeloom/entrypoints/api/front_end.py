"""The built front end: its files, and its one page for every address that is the browser's to route."""

from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

FOLDER: Final = Path(__file__).resolve().parents[2] / "web"
# Their names change with their content.
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
# In characters; no file of the front end comes near.
_LONGEST_NAME: Final = 200
_LONGEST_PATH: Final = 1_000
_OURS: Final = ("/api/", "/hooks/", "/v1/", "/oauth/", "/forms/", "/chat/", "/approvals/")

_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Nodeloom</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The front end isn't built</h1>
<p>The API is running. Run <code>make start</code>, or build the front end alone with <code>npm run build</code>,
and load this page again.</p>
<p><a href="/api/docs">API documentation</a></p></body></html>
"""


class FrontEnd:
    """What answers where no route does."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._index = folder / "index.html"
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if scope["method"] not in ("GET", "HEAD") or path == "/api" or path.startswith(_OURS):
            raise HTTPException(404, f"There is nothing at {path[:200]}.")
        if not self._index.is_file():
            await HTMLResponse(_NOT_BUILT, 503)(scope, receive, send)
            return
        name, cache = self._choose(path)
        response = await self._files.get_response(name, scope)
        response.headers["Cache-Control"] = cache
        await response(scope, receive, send)

    def _choose(self, path: str) -> tuple[str, str]:
        """The file to send and how long browsers may keep it; addresses without one belong to the front end."""
        name = path.lstrip("/")
        if any(len(part) > _LONGEST_NAME for part in name.split("/")) or len(name) > _LONGEST_PATH:
            # The file system would raise; nothing of ours has such a name.
            if name.startswith("assets/"):
                raise HTTPException(404, f"There is nothing at {path[:200]}.")
            return "index.html", "no-cache"
        if name.startswith("assets/"):
            return name, _IMMUTABLE
        found, details = self._files.lookup_path(name) if name else ("", None)
        is_file = details is not None and Path(found).is_file()
        return (name if is_file else "index.html"), "no-cache"
