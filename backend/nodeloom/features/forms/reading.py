"""What a browser sent of a form: texts by name, files that are stored as they come, tokens of those stored before."""

import re
import secrets
from collections.abc import AsyncIterator
from typing import Final, cast

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from nodeloom.features.forms.asked import Filled, Form, Question
from nodeloom.features.forms.check import file_fault, most_files
from nodeloom.features.hosted.signed import Signed
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.graph.item import ArtifactRef

_PURPOSE: Final = "form-file"
_SUBMISSION: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST_PARTS: Final = 2_000
_MOST_FILES: Final = 50
_LONGEST_PART: Final = 2 * 1024 * 1024
_MOST_VALUES: Final = 500
_CHUNK: Final = 256 * 1024


class Unreadable(Exception):
    """The body is no form."""


async def read_form(request: Request) -> FormData:
    """Raises Unreadable."""
    try:
        return await request.form(max_files=_MOST_FILES, max_fields=_MOST_PARTS, max_part_size=_LONGEST_PART)
    except HTTPException as refused:
        if refused.status_code == 413:
            raise
        raise Unreadable(refused.detail) from None
    except (MultiPartException, LookupError, UnicodeError, ValueError) as error:
        raise Unreadable(str(error)) from None


def new_submission() -> str:
    return secrets.token_urlsafe(18)


def filled_from(form: Form, data: FormData, signed: Signed, claim: str) -> Filled:
    submission = text_of(data, "-submission")
    filled = Filled(submission if _SUBMISSION.fullmatch(submission) else new_submission())
    step = text_of(data, "-step")
    filled.step = min(int(step), len(form.steps) - 1) if step.isdecimal() and len(step) < 4 else 0
    for question in form.questions:
        if question.field.kind == "file":
            filled.files[question.name] = _kept(data, question, signed, claim)
            continue
        texts = [value for value in data.getlist(question.name)[:_MOST_VALUES] if isinstance(value, str)]
        filled.texts[question.name] = [_plain(text) for text in texts if text]
    return filled


def text_of(data: FormData, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """As the database keeps it: browsers send line breaks as CR LF."""
    return text.replace("\0", "").replace("\r\n", "\n").encode(errors="replace").decode()


def _kept(data: FormData, question: Question, signed: Signed, claim: str) -> list[ArtifactRef]:
    """The files of earlier requests; a token of another form, or changed, is none."""
    files: list[ArtifactRef] = []
    for token in data.getlist(f"-file.{question.name}")[:_MOST_FILES]:
        fields = signed.open(_PURPOSE, token) if isinstance(token, str) else None
        if fields is not None and fields[0] == claim:
            files.append(ArtifactRef(*cast("tuple[str, str, str, int]", tuple(fields[1:]))))
    return files


async def store_files(
    form: Form, filled: Filled, data: FormData, artifacts: Artifacts, workspace_id: str
) -> dict[str, str]:
    """Put the files of this request beside the answers; what is wrong with those that can't be taken, by name."""
    faults: dict[str, str] = {}
    for question in form.questions:
        if question.field.kind != "file":
            continue
        sent = [part for part in data.getlist(question.name) if isinstance(part, UploadFile) and part.filename]
        if not sent:
            continue
        fault = _fault(question, sent)
        if fault is not None:
            faults[question.name] = fault
            continue
        stored = [await _store(part, artifacts, workspace_id) for part in sent]
        # Where one file is asked for, another takes its place.
        kept = filled.files.get(question.name, []) if most_files(question.field) > 1 else []
        filled.files[question.name] = [*kept, *stored]
    return faults


def _fault(question: Question, sent: list[UploadFile]) -> str | None:
    if len(sent) > most_files(question.field):
        return f"At most {most_files(question.field)}, please; these are {len(sent)}."
    faults = (file_fault(question.field, part.filename or "", part.content_type or "", part.size or 0) for part in sent)
    return next((fault for fault in faults if fault is not None), None)


async def _store(part: UploadFile, artifacts: Artifacts, workspace_id: str) -> ArtifactRef:
    media_type = (part.content_type or "application/octet-stream")[:200]
    stored = await artifacts.store(workspace_id, _chunks(part), (part.filename or "file")[:300], media_type)
    return ArtifactRef(stored.id, stored.name, stored.media_type, stored.size)


async def _chunks(part: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await part.read(_CHUNK):
        yield chunk


def file_tokens(filled: Filled, signed: Signed, claim: str) -> dict[str, list[str]]:
    return {
        name: [signed.seal(_PURPOSE, claim, file.id, file.name, file.media_type, file.size) for file in files]
        for name, files in filled.files.items()
    }
