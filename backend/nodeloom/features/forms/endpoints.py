"""Everything under /forms: a page that asks, and what it takes in."""

import asyncio
import hmac
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nodeloom.adapters.outage import is_outage
from nodeloom.adapters.problem import ApiProblem
from nodeloom.features.accounts.origin import check_origin
from nodeloom.features.accounts.visits import Visitor, member_at
from nodeloom.features.forms import page
from nodeloom.features.forms.asked import Filled, Form, at_first, form_of
from nodeloom.features.forms.check import faults_of
from nodeloom.features.forms.reading import (
    Unreadable,
    file_tokens,
    filled_from,
    new_submission,
    read_form,
    store_files,
    text_of,
)
from nodeloom.features.forms.sending import NobodyThere, result_of, send
from nodeloom.features.hosted import notes
from nodeloom.features.hosted.looks import Look
from nodeloom.features.hosted.parts import Hosted, Hosting
from nodeloom.features.triggers.pages import PageTrigger
from nodeloom.graph.addresses import claim_of
from nodeloom.nodes.forms import FormParams

router = APIRouter(tags=["pages"], include_in_schema=False)

BASE: Final = "/forms/"
_TYPE: Final = "core.form"
_WHAT: Final = "form"
_CSRF: Final = "form-csrf"
# Our script asks with it, and goes by itself where it is told to.
_BY_SCRIPT: Final = "x-page-script"


class _Open:
    """A form that somebody who may is looking at."""

    def __init__(self, hosting: Hosting, trigger: PageTrigger[FormParams], look: Look, visitor: Visitor | None) -> None:
        self.hosting = hosting
        self.trigger = trigger
        self.form: Form = form_of(trigger.params)
        self.look = look
        self.visitor = visitor

    @property
    def csrf(self) -> str | None:
        if self.visitor is None:
            return None
        return self.hosting.signed.stamp(_CSRF, f"{self.trigger.claim}|{self.visitor.session_id}")

    def shown(
        self,
        filled: Filled,
        faults: dict[str, str] | None = None,
        *,
        status: int = 200,
        trouble: str = "",
        wait_s: int = 0,
    ) -> Response:
        return page.form_page(
            self.form,
            filled,
            self.look,
            address=_address(self.trigger),
            tokens=file_tokens(filled, self.hosting.signed, self.trigger.claim),
            faults=faults,
            csrf=self.csrf,
            trouble=trouble,
            status=status,
            headers={"Retry-After": str(wait_s)} if wait_s else None,
        )


@router.get("/forms/{path:path}")
async def show_form(path: str, request: Request, hosting: Hosted) -> Response:
    """The first step, or what an address of the form's own stands for."""
    if path.startswith("-/files/"):
        return await hosting.file(path.removeprefix("-/files/"))
    if path.startswith("-/done/"):
        return await result_of(hosting, path.removeprefix("-/done/"))
    opened = await _open(path, request, hosting)
    if isinstance(opened, Response):
        return opened
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    return opened.shown(at_first(opened.form, new_submission(), query))


@router.post("/forms/{path:path}")
async def fill_form(path: str, request: Request, hosting: Hosted) -> Response:
    """One step forward or back, or the whole form sent."""
    try:
        return await _filled(path, request, hosting)
    except Exception as failure:
        if isinstance(failure, ApiProblem) or not is_outage(failure):
            raise
        return notes.busy()


async def _filled(path: str, request: Request, hosting: Hosting) -> Response:
    opened = await _open(path, request, hosting)
    if isinstance(opened, Response):
        return opened
    try:
        data = await read_form(request)
    except Unreadable:
        return notes.note("This can't be read", "Go back, load the form again and send it once more.", status=400)
    try:
        filled = filled_from(opened.form, data, hosting.signed, opened.trigger.claim)
        if opened.csrf is not None and not _from_here(request, opened.csrf, text_of(data, "-csrf")):
            trouble = "You were signed in anew since this page was loaded. Nothing is lost: send it again."
            return opened.shown(filled, status=403, trouble=trouble)
        go = text_of(data, "-go")
        if go == "show":
            return opened.shown(filled)
        wait_s = await hosting.wait_s(request, opened.trigger.claim, opened.trigger.params.per_minute)
        if wait_s:
            trouble = f"That was very often in a short time. Nothing is lost: try again in {wait_s} seconds."
            return opened.shown(filled, status=429, trouble=trouble, wait_s=wait_s)
        faults = await store_files(opened.form, filled, data, hosting.artifacts, opened.trigger.workspace_id)
    finally:
        await data.close()
    return await _gone(go, opened, filled, faults, request)


async def _gone(go: str, opened: _Open, filled: Filled, faults: dict[str, str], request: Request) -> Response:
    if go == "back":
        filled.step = max(0, filled.step - 1)
        return opened.shown(filled)
    last = len(opened.form.steps) - 1
    if go != "send" and filled.step < last:
        faults = {**await asyncio.to_thread(faults_of, opened.form.steps[filled.step], filled), **faults}
        if not faults:
            filled.step += 1
        return opened.shown(filled, faults, status=422 if faults else 200)
    for number, step in enumerate(opened.form.steps):
        found = await asyncio.to_thread(faults_of, step, filled)
        found |= {question.name: faults[question.name] for question in step.questions if question.name in faults}
        if found:
            filled.step = number
            return opened.shown(filled, found, status=422)
    try:
        leads_to = await send(opened.hosting, opened.trigger, opened.form, filled, opened.visitor)
    except NobodyThere:
        return notes.not_found(_WHAT)
    if _BY_SCRIPT in request.headers:
        return Response(status_code=201, headers={"Location": leads_to, "Cache-Control": "no-store"})
    return RedirectResponse(leads_to, 303, {"Cache-Control": "no-store"})


async def _open(path: str, request: Request, hosting: Hosting) -> "_Open | Response":
    trigger = await hosting.triggers.find(claim_of(_TYPE, path), FormParams)
    if trigger is None:
        return notes.not_found(_WHAT)
    look = await hosting.look(trigger.workspace_id)
    if trigger.params.access == "anyone":
        return _Open(hosting, trigger, look, None)
    visitor = await member_at(request, trigger.workspace_id)
    if visitor is None:
        return notes.sign_in_first(look, _WHAT, _address(trigger))
    return _Open(hosting, trigger, look, visitor)


def _from_here(request: Request, wanted: str, sent: str) -> bool:
    check_origin(request)
    return hmac.compare_digest(wanted.encode(), sent.encode(errors="replace"))


def _address(trigger: PageTrigger[FormParams]) -> str:
    return trigger.claim.removeprefix("-")
