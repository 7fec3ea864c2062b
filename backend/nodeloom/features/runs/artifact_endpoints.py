"""/artifacts: files in, files out, always as a download, and what can be shown of them."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Request, UploadFile
from fastapi.responses import StreamingResponse

from nodeloom.features.accounts.caller import Runner, Viewer
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.errors import RangeNotSatisfiable
from nodeloom.features.runs.models import Artifact
from nodeloom.features.runs.previews import ArtifactPreview, Previews
from nodeloom.features.runs.schemas import ArtifactRead

router = APIRouter(prefix="/artifacts", tags=["artifacts"])

_CHUNK = 64 * 1024


def _artifacts(request: Request) -> Artifacts:
    return request.app.state.artifacts


def _previews(request: Request) -> Previews:
    return request.app.state.previews


Store = Annotated[Artifacts, Depends(_artifacts)]
Look = Annotated[Previews, Depends(_previews)]


@router.post("", status_code=201)
async def create_artifact(caller: Runner, artifacts: Store, file: UploadFile) -> ArtifactRead:
    """Store a file (multipart, field `file`)."""
    name = file.filename or "file"
    media_type = file.content_type or "application/octet-stream"
    artifact = await artifacts.store(caller.workspace_id, _chunks(file), name[:500], media_type[:200])
    return ArtifactRead.model_validate(artifact, from_attributes=True)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk


@router.get("/{artifact_id}", responses={200: {"content": {"application/octet-stream": {}}}, 206: {}})
async def get_artifact(
    artifact_id: Annotated[str, Path(max_length=200)],
    caller: Viewer,
    artifacts: Store,
    byte_range: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
) -> StreamingResponse:
    """The file's bytes, or the range asked for."""
    artifact = await artifacts.find(caller.workspace_id, artifact_id)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(artifact.name, safe='')}",
        "Cache-Control": "private, max-age=3600, immutable",
        "ETag": f'"{artifact.sha256}"',
        # A picture of it may stand in a page of ours; as a page of its own it must be able to do nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    start, end = _asked(byte_range, artifact)
    status = 200
    if byte_range is not None and (start, end) != (0, artifact.size):
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{artifact.size}"
    headers["Content-Length"] = str(end - start)
    body = artifacts.stream(artifact, start, end - start)
    return StreamingResponse(body, status, headers, media_type=artifact.media_type)


@router.get("/{artifact_id}/preview")
async def get_artifact_preview(
    artifact_id: Annotated[str, Path(max_length=200)], caller: Viewer, artifacts: Store, previews: Look
) -> ArtifactPreview:
    """What can be shown of a file: a picture or a sound (by its download address), its first rows, or its text."""
    return await previews.of(await artifacts.find(caller.workspace_id, artifact_id))


def _asked(header: str | None, artifact: Artifact) -> tuple[int, int]:
    """[start, end) of one range; several ranges or another unit count as the whole file (RFC 9110, 14.2)."""
    size = artifact.size
    unit, _, spec = (header or "").partition("=")
    first, dash, last = spec.strip().partition("-")
    if unit != "bytes" or not dash or "," in spec or not (first + last).isascii() or not (first + last).isdigit():
        return 0, size
    if len(first + last) > 30:
        return 0, size
    if not first:
        return max(size - int(last), 0), size
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if start >= size or start >= end:
        raise RangeNotSatisfiable(f"The file has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return start, end
