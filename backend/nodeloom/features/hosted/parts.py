"""What the pages of an installation stand on, put together once a process."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.responses import Response, StreamingResponse

from nodeloom.adapters.database import Database
from nodeloom.adapters.live import Live
from nodeloom.features.accounts.origin import address
from nodeloom.features.hosted import notes
from nodeloom.features.hosted.looks import Look, look_of
from nodeloom.features.hosted.signed import Signed
from nodeloom.features.hosted.throttle import Throttle
from nodeloom.features.runs.answers import Answers, RunAnswer
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.errors import ArtifactNotFound
from nodeloom.features.triggers.pages import PageTriggers
from nodeloom.features.triggers.replies import StoredFile

_FILE: Final = "page-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """`load_answers` reads the answers of those of the runs that have one; `waiting` counts who waits, by run,
    and `streams` who listens, by network address.
    """

    db: Database
    triggers: PageTriggers
    artifacts: Artifacts
    answers: Answers
    load_answers: Callable[[list[str]], Awaitable[Sequence[RunAnswer]]]
    live: Live
    signed: Signed
    throttle: Throttle
    waiting: Counter[str] = field(default_factory=Counter[str])
    streams: Counter[str] = field(default_factory=Counter[str])

    async def look(self, workspace_id: str) -> Look:
        async with self.db.read() as session:
            return await look_of(session, workspace_id)

    async def wait_s(self, request: Request, claim: str, limit: int) -> int:
        """Counts a visit; the seconds to wait if there were too many."""
        return await self.throttle.wait_s(claim, address(request), limit)

    async def answer(self, run_id: str, within_s: float) -> RunAnswer | None:
        """What the run says, if it does in time."""
        known = await self.load_answers([run_id])
        if known:
            return known[0]
        self.waiting[run_id] += 1
        try:
            return await self.answers.wait(run_id, within_s)
        finally:
            self.waiting[run_id] -= 1
            if self.waiting[run_id] <= 0:
                # Nobody is left: the run must not be looked up every second until it ends.
                del self.waiting[run_id]
                self.answers.forget(run_id)

    def file_address(self, base: str, workspace_id: str, file: StoredFile) -> str:
        """Where a visitor finds a file that a run gave, for a day."""
        return f"{base}-/files/{self.signed.seal(_FILE, workspace_id, file.id)}"

    async def file(self, token: str) -> Response:
        opened = self.signed.open(_FILE, token)
        if opened is None:
            return notes.not_found("file")
        workspace_id, artifact_id = opened
        try:
            artifact = await self.artifacts.find(workspace_id, artifact_id)
        except ArtifactNotFound:
            return notes.not_found("file")
        body: AsyncIterator[bytes] = self.artifacts.stream(artifact)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(artifact.name, safe='')}",
            "Content-Length": str(artifact.size),
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "private, no-store",
        }
        return StreamingResponse(body, 200, headers, media_type=artifact.media_type)


def _hosting(request: Request) -> Hosting:
    return request.app.state.hosting


Hosted = Annotated[Hosting, Depends(_hosting)]
