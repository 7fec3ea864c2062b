"""The page of one approval: what is asked, by whom it can be said, and what was said."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from starlette.responses import Response

from nodeloom.features.hosted import notes
from nodeloom.features.hosted.looks import Look
from nodeloom.features.hosted.page import Page, paragraphs, respond
from nodeloom.features.runs.rows import Row
from nodeloom.nodes.approval import ANYONE, ROLES

_SAID = {"approved": "Approved", "rejected": "Rejected"}
LONGEST_COMMENT = 2_000
LONGEST_NAME = 120


def question_page(
    approval: Row, look: Look, *, address: str, csrf: str | None, name: str | None, trouble: str = "", status: int = 200
) -> Response:
    """`name` is the member's who decides; None: a stranger, who may say who it is."""
    hidden = f'<input type="hidden" name="csrf" value="{escape(csrf)}">' if csrf else ""
    who = f"<p><small>You decide as {escape(name)}.</small></p>" if name is not None else _name_field()
    wrong = f'<div role="alert" class="summary"><p>{escape(trouble)}</p></div>' if trouble else ""
    # The first button is what Enter presses in a field: it must decide nothing.
    form = (
        f'<form method="post" action="{escape(address)}">{hidden}<button type="submit" disabled hidden></button>'
        f'{who}<div class="field"><label for="comment">Comment</label>'
        f'<textarea id="comment" name="comment" rows="3" maxlength="{LONGEST_COMMENT}"></textarea></div>'
        '<div class="buttons"><button class="primary" name="decision" value="approved">Approve</button>'
        '<button name="decision" value="rejected">Reject</button></div></form>'
    )
    until = ""
    if approval["until"] is not None:
        until = f"<p><small>It can be decided until {_when(approval['until'])}.</small></p>"
    return _page(approval, look, f"{until}{wrong}{form}", status=status, heading="Please decide")


def decided_page(approval: Row, look: Look, *, just_now: bool) -> Response:
    """What became of it; a second decision is answered by this with 409."""
    said = _SAID[approval["decision"]]
    by = escape(approval["decided_by"] or "somebody with the link")
    if just_now:
        told = f"<h2>{said}</h2><p>Thank you. The workflow goes on.</p>"
    else:
        told = f"<h2>Already decided</h2><p>{said} by {by} on {_when(approval['decided_at'])}.</p>"
    comment = paragraphs(approval["comment"]) if approval["comment"] else ""
    return _page(approval, look, f'<div role="status">{told}</div>{comment}')


def already_page(approval: Row, look: Look) -> Response:
    page = decided_page(approval, look, just_now=False)
    page.status_code = 409
    return page


def over_page(approval: Row, look: Look, status: int) -> Response:
    text = "Nobody has to decide this any more: its time has passed, or the run was ended."
    return _page(approval, look, f"<h2>No longer open</h2><p>{text}</p>", status=status)


def not_for_you_page(approval: Row, look: Look, name: str) -> Response:
    text = f"You are signed in as {escape(name)}. This is for {escape(in_words(approval['approvers']))} to decide."
    return _page(approval, look, f"<h2>Not for you to decide</h2><p>{text}</p>", status=403)


def several_page(approvals: Sequence[tuple[Row, str]], look: Look) -> Response:
    """A run in which several wait: each with its own page."""
    listed = "".join(
        f'<li><a href="{escape(address)}">{escape(approval["message"][:200])}</a></li>'
        for approval, address in approvals
    )
    return notes.note("Several things wait for approval", "Choose one.", look, more=f'<ul class="files">{listed}</ul>')


def in_words(approvers: Sequence[str]) -> str:
    """“editors, ada@example.org”"""
    return ", ".join(_word(approver) for approver in approvers)


def _word(approver: str) -> str:
    if approver == ANYONE:
        return "anyone with the link"
    if approver == "viewer":
        return "any member"
    return f"{approver}s" if approver in ROLES else approver


def _name_field() -> str:
    return (
        '<div class="field"><label for="name">Your name</label>'
        f'<input id="name" name="name" maxlength="{LONGEST_NAME}" autocomplete="name"></div>'
    )


def _page(approval: Row, look: Look, body: str, *, status: int = 200, heading: str = "Approval") -> Response:
    title = f"Approval: {approval['workflow_name']}"
    head = f"<header><h1>{heading}</h1><p>{escape(approval['workflow_name'])} asks:</p></header>"
    asked = f'<div class="answer">{paragraphs(approval["message"])}</div>'
    page = Page(title=title, body=f"<main>{head}{asked}{body}</main>", look=look, kind="form")
    return respond(page, status)


def _when(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return f'<time datetime="{at.isoformat()}">{at:%d %B %Y, %H:%M} UTC</time>'
