"""A form that was sent: taken in as an event with its run, once, and what the visitor finds afterwards."""

import hashlib
from typing import Any, Final

from starlette.responses import Response

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.features.accounts.visits import Visitor
from nodeloom.features.forms import page
from nodeloom.features.forms.asked import Filled, Form, form_of
from nodeloom.features.forms.check import answers_of
from nodeloom.features.hosted import notes
from nodeloom.features.hosted.answers import said
from nodeloom.features.hosted.parts import Hosting
from nodeloom.features.triggers.accept import Repeated, Stale, TakenIn, take_in
from nodeloom.features.triggers.pages import PageTrigger
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.forms import FormParams

_DONE: Final = "form-done"
_BASE: Final = "/forms/"
_TRIES: Final = 3
# Longer than this nobody looks at an empty window; the page that comes then looks again by itself.
_WAIT_S: Final = 8.0


class NobodyThere(Exception):
    """The form was taken down while it was filled in."""


async def send(
    hosting: Hosting, trigger: PageTrigger[FormParams], form: Form, filled: Filled, visitor: Visitor | None
) -> str:
    """The address of what comes next. The same answers sent twice from the same page are one event and one run."""
    answers = answers_of(form, filled)
    files = _named(filled)
    answered = form.params.respond == "answer"
    current: PageTrigger[FormParams] | None = trigger
    for _ in range(_TRIES):
        if current is None:
            break
        arrival = await hosting.triggers.arrival(
            current,
            Item({**answers, "submitted_at": clock.now().isoformat(), "form": _facts(current, filled, visitor)}, files),
            kind="form",
            summary=f"Form “{form.params.title}”",
            dedupe_key=_key(filled, answers),
            answered=answered,
        )
        run_id = arrival.run.id if arrival.run is not None else None
        match await hosting.db.writer.call(take_in, arrival):
            case TakenIn(listening=listening):
                await hosting.triggers.taken(current, arrival, listening=listening)
                return _done(hosting, current, run_id)
            case Repeated(run_id=first):
                return _done(hosting, current, first)
            case Stale():
                current = await hosting.triggers.find(trigger.claim, FormParams)
    raise NobodyThere


async def result_of(hosting: Hosting, token: str) -> Response:
    """What the visitor sees after sending."""
    opened = hosting.signed.open(_DONE, token)
    if opened is None:
        return notes.note("This page is no longer kept", "What you sent has come in.", status=410)
    claim, workspace_id, run_id = opened
    trigger = await hosting.triggers.find(claim, FormParams)
    look = await hosting.look(workspace_id)
    if trigger is None or trigger.workspace_id != workspace_id:
        return notes.note("Thank you", "Your answers have come in.", look)
    form = form_of(trigger.params)
    match trigger.params.respond:
        case "redirect" if trigger.params.redirect_to is not None:
            return page.redirect_page(form, look, trigger.params.redirect_to)
        case "answer" if run_id is not None:
            return await _answer(hosting, trigger, form, run_id, here=f"{_BASE}-/done/{token}")
        case _:
            return page.thanks_page(form, look)


async def _answer(
    hosting: Hosting, trigger: PageTrigger[FormParams], form: Form, run_id: str, *, here: str
) -> Response:
    look = await hosting.look(trigger.workspace_id)
    answer = await hosting.answer(run_id, _WAIT_S)
    if answer is None:
        return page.waiting_page(form, look, here)
    heard = said(answer)
    if heard.redirect_to is not None:
        return page.redirect_page(form, look, heard.redirect_to)
    files = {hosting.file_address(_BASE, trigger.workspace_id, file): file.name for file in heard.files}
    return page.answer_page(form, look, heard, files)


def _done(hosting: Hosting, trigger: PageTrigger[FormParams], run_id: str | None) -> str:
    return f"{_BASE}-/done/{hosting.signed.seal(_DONE, trigger.claim, trigger.workspace_id, run_id)}"


def _facts(trigger: PageTrigger[FormParams], filled: Filled, visitor: Visitor | None) -> dict[str, JsonValue]:
    facts: dict[str, JsonValue] = {
        "title": trigger.params.title,
        "path": trigger.params.path,
        "submission_id": filled.submission,
    }
    if visitor is not None:
        facts["member"] = {"name": visitor.name, "email": visitor.email}
    return facts


def _named(filled: Filled) -> dict[str, ArtifactRef]:
    """Several files of one field are called photo, photo_2, photo_3."""
    named: dict[str, ArtifactRef] = {}
    for name, files in filled.files.items():
        for number, file in enumerate(files, 1):
            free, count = (name if number == 1 else f"{name}_{number}"), number
            while free in named:
                count += 1
                free = f"{name}_{count}"
            named[free] = file
    return named


def _key(filled: Filled, answers: dict[str, Any]) -> str:
    """Changed answers from a page that the browser had kept are something new."""
    files = {name: [(file.name, file.media_type, file.size) for file in files] for name, files in filled.files.items()}
    digest = hashlib.sha256(dump_json([answers, files]).encode()).hexdigest()
    return f"form:{filled.submission}:{digest}"
