"""/approvals/{token}: looking changes nothing, whoever or whatever looks; only a POST decides, once."""

import hmac
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from nodeloom.features.accounts.errors import NotFromHere
from nodeloom.features.accounts.origin import check_origin
from nodeloom.features.accounts.visits import Visitor, member_at
from nodeloom.features.hosted import notes
from nodeloom.features.hosted.looks import Look
from nodeloom.features.hosted.parts import Hosted, Hosting
from nodeloom.features.runs.resume_tokens import APPROVAL, ResumeTokens
from nodeloom.features.runs.rows import Row
from nodeloom.features.waiting import approvals, page
from nodeloom.features.waiting.approvals import Decider, may_decide
from nodeloom.features.waiting.people import decider_at

router = APIRouter(tags=["pages"], include_in_schema=False)

BASE: Final = "/approvals/"
_CSRF: Final = "approval-csrf"
_MOST_A_MINUTE: Final = 30
_SOMEBODY: Final = "Somebody with the link"

Token = Annotated[str, Path(max_length=4_000)]


class _Looked:
    """An approval with whoever looks at it."""

    def __init__(self, approval: Row, look: Look, visitor: Visitor | None, decider: Decider, *, is_open: bool) -> None:
        self.approval = approval
        self.look = look
        self.visitor = visitor
        self.decider = decider
        self.is_open = is_open

    @property
    def key(self) -> tuple[str, str, str]:
        return self.approval["run_id"], self.approval["node_id"], self.approval["path"]

    def csrf(self, hosting: Hosting) -> str | None:
        """A stranger has no session that another site could use."""
        if self.visitor is None:
            return None
        return hosting.signed.stamp(_CSRF, "|".join((*self.key, self.visitor.session_id)))


@router.api_route("/approvals/{token}", methods=["GET", "HEAD"])
async def show_approval(token: Token, request: Request, hosting: Hosted) -> Response:
    """What is asked, and two buttons for whoever may press them."""
    looked = await _look(token, request, hosting)
    if isinstance(looked, Response):
        return looked
    return _shown(looked, request, hosting)


@router.post("/approvals/{token}")
async def decide_approval(token: Token, request: Request, hosting: Hosted) -> Response:
    """The decision, once: whoever comes second is told who was first."""
    looked = await _look(token, request, hosting)
    if isinstance(looked, Response):
        return looked
    wait_s = await hosting.wait_s(request, f"approval|{looked.approval['run_id']}", _MOST_A_MINUTE)
    if wait_s:
        return _shown(looked, request, hosting, trouble=f"That was too often: try again in {wait_s} s.", status=429)
    if not may_decide(looked.approval["approvers"], looked.decider):
        return _shown(looked, request, hosting)
    try:
        said = await request.form(max_files=0, max_fields=10)
    except (HTTPException, MultiPartException):
        text = "Go back, load the page again and press the button once more."
        return notes.note("This can't be read", text, status=400)
    return await _decided(looked, said, request, hosting)


async def _decided(looked: _Looked, said: FormData, request: Request, hosting: Hosting) -> Response:
    if not _from_here(looked, said, request, hosting):
        return _shown(looked, request, hosting, trouble="The page was too old. Please decide once more.", status=403)
    decision = _text(said, "decision", 20)
    if decision not in ("approved", "rejected"):
        return _shown(looked, request, hosting, trouble="Press one of the two buttons.", status=422)
    decider = looked.decider
    if looked.visitor is None and (name := _text(said, "name", page.LONGEST_NAME)):
        decider = Decider(name, decider.workspace_id)
    comment = _text(said, "comment", page.LONGEST_COMMENT)
    async with hosting.db.transaction() as session:
        settled = await approvals.decide(session, looked.approval, decision, decider, comment)
        now = await approvals.find_approval(session, *looked.key)
    assert now is not None  # it was there, and stays
    # Also by whoever came second: a claim passes over a run that was locked for looking.
    bell = hosting.triggers.bell
    bell.ring_soon()
    await bell.signal()
    if settled == "decided":
        return page.decided_page(now, looked.look, just_now=True)
    return page.already_page(now, looked.look) if settled == "already" else page.over_page(now, looked.look, 410)


async def _look(token: str, request: Request, hosting: Hosting) -> _Looked | Response:
    tokens: ResumeTokens = request.app.state.resume_tokens
    opened = tokens.open(token, purpose=APPROVAL)
    if opened is None:
        return notes.not_found("approval")
    async with hosting.db.read() as session:
        found = await _meant(session, *opened)
        is_open = len(found) == 1 and await approvals.still_open(session, found[0])
    if not found:
        text = "The run has not come to its approval. Load this page again later."
        return notes.note("Nothing to approve yet", text, status=404)
    look = await hosting.look(found[0]["workspace_id"])
    if len(found) > 1:
        return page.several_page([(row, _address(tokens, row)) for row in found], look)
    return await _looked_at(found[0], look, request, hosting, is_open=is_open)


async def _meant(session: AsyncSession, run_id: str, node_id: str, path: str) -> Sequence[Row]:
    """The approval that a link names; of a run's link those that wait, or else those that did."""
    if node_id:
        found = await approvals.find_approval(session, run_id, node_id, path)
        return [found] if found is not None else []
    of_run = await approvals.approvals_of(session, run_id)
    return [row for row in of_run if await approvals.still_open(session, row)] or of_run


async def _looked_at(
    approval: Row, look: Look, request: Request, hosting: Hosting, *, is_open: bool
) -> _Looked | Response:
    workspace_id = approval["workspace_id"]
    visitor = await member_at(request, workspace_id)
    if visitor is not None:
        async with hosting.db.read() as session:
            decider = await decider_at(session, workspace_id, visitor)
        return _Looked(approval, look, visitor, decider, is_open=is_open)
    decider = Decider(_SOMEBODY, workspace_id)
    if not may_decide(approval["approvers"], decider):
        return notes.sign_in_first(look, "approval", _address(request.app.state.resume_tokens, approval))
    return _Looked(approval, look, None, decider, is_open=is_open)


def _shown(looked: _Looked, request: Request, hosting: Hosting, *, trouble: str = "", status: int = 200) -> Response:
    approval, look, looks = looked.approval, looked.look, request.method != "POST"
    if approval["decision"] is not None:
        return page.decided_page(approval, look, just_now=False) if looks else page.already_page(approval, look)
    if not looked.is_open:
        return page.over_page(approval, look, 200 if looks else 410)
    if not may_decide(approval["approvers"], looked.decider):
        return page.not_for_you_page(approval, look, looked.decider.name)
    return page.question_page(
        approval,
        look,
        address=_address(request.app.state.resume_tokens, approval),
        csrf=looked.csrf(hosting),
        name=looked.decider.name if looked.visitor is not None else None,
        trouble=trouble,
        status=status,
    )


def _from_here(looked: _Looked, said: FormData, request: Request, hosting: Hosting) -> bool:
    """A member's browser carries its session into every site's form: ours carries a proof beside it."""
    expected = looked.csrf(hosting)
    if expected is None:
        return True
    try:
        check_origin(request)
    except NotFromHere:
        return False
    return hmac.compare_digest(_text(said, "csrf", 500).encode(), expected.encode())


def _address(tokens: ResumeTokens, approval: Row) -> str:
    token = tokens.token(approval["run_id"], approval["node_id"], approval["path"], purpose=APPROVAL)
    return f"{BASE}{token}"


def _text(said: FormData, name: str, longest: int) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode(errors="replace").decode().strip()[:longest]
