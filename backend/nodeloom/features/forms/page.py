"""The pages of a form: its steps, and what comes after it was sent."""

from collections.abc import Mapping
from html import escape

from starlette.responses import Response

from nodeloom.features.forms.asked import Filled, Form
from nodeloom.features.forms.fields import carried, step_fields
from nodeloom.features.hosted.answers import Said
from nodeloom.features.hosted.looks import Look
from nodeloom.features.hosted.page import Page, paragraphs, respond

_SCRIPT = "/hosted/form.js"


def form_page(
    form: Form,
    filled: Filled,
    look: Look,
    *,
    address: str,
    tokens: Mapping[str, list[str]],
    faults: Mapping[str, str] | None = None,
    csrf: str | None = None,
    trouble: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """One step to fill in, the others carried along. `trouble`: why it could not be sent, though nothing is wrong."""
    faults = faults or {}
    step = form.steps[filled.step]
    hidden = "".join(carried(other, filled, tokens) for number, other in enumerate(form.steps) if number != filled.step)
    own = {"-submission": filled.submission, "-step": str(filled.step), **({"-csrf": csrf} if csrf else {})}
    hidden += "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in own.items())
    body = (
        f'<main>{_head(form, filled)}{_summary(form, filled, faults, trouble)}<form method="post" action="{address}" '
        f'enctype="multipart/form-data" data-form data-step="{filled.step}" data-steps="{len(form.steps)}">{hidden}'
        f"{step_fields(step, filled, faults, tokens)}{_buttons(form, filled)}</form></main>"
    )
    page = Page(
        title=form.params.title,
        body=body,
        look=look,
        kind="form",
        script=_SCRIPT,
        frames=form.params.embed_on,
    )
    return respond(page, status, headers)


def _head(form: Form, filled: Filled) -> str:
    count, number, step = len(form.steps), filled.step + 1, form.steps[filled.step]
    first = filled.step == 0
    intro = paragraphs(form.params.description) if first else ""
    head = f"<h1>{escape(form.params.title)}</h1>{intro}"
    if count > 1:
        head += (
            f'<p class="steps">Step {number} of {count}</p><progress value="{number}" max="{count}" '
            f'aria-label="Step {number} of {count}"></progress>'
        )
    if step.title:
        head += f"<h2>{escape(step.title)}</h2>"
    return f'<header tabindex="-1" data-head>{head}{paragraphs(step.text)}</header>'


def _summary(form: Form, filled: Filled, faults: Mapping[str, str], trouble: str) -> str:
    """What is wrong, at the top, each line a link to its field."""
    if not faults and not trouble:
        return '<div role="alert" class="summary" hidden></div>'
    lines = "".join(
        f'<li><a href="#f-{question.name}">{escape(question.field.label)}</a>: {escape(faults[question.name])}</li>'
        for question in form.steps[filled.step].questions
        if question.name in faults
    )
    text = trouble or ("One answer needs another look." if len(faults) == 1 else "Some answers need another look.")
    listed = f"<ul>{lines}</ul>" if lines else ""
    return f'<div role="alert" class="summary" tabindex="-1"><p>{escape(text)}</p>{listed}</div>'


def _buttons(form: Form, filled: Filled) -> str:
    last = filled.step == len(form.steps) - 1
    go, label = ("send", form.params.submit_label) if last else ("next", "Next")
    # First in the document, so that Enter goes on and not back.
    buttons = f'<button class="primary" name="-go" value="{go}">{escape(label)}</button>'
    if filled.step > 0:
        buttons += '<button name="-go" value="back" formnovalidate>Back</button>'
    return f'<div class="buttons">{buttons}</div>'


def thanks_page(form: Form, look: Look) -> Response:
    return _after(form, look, paragraphs(form.params.thanks))


def redirect_page(form: Form, look: Look, to: str) -> Response:
    """For browsers without our script: the answer to a form itself must not lead to another site."""
    link = f'<p>You are taken to <a href="{escape(to)}" rel="noreferrer">the next page</a>.</p>'
    return _after(form, look, link, refresh=(0, to))


def answer_page(form: Form, look: Look, said: Said, files: Mapping[str, str]) -> Response:
    """`files`: the name of each file, by its address."""
    if said.failed:
        return _after(
            form,
            look,
            paragraphs(
                "Your answers have come in, but the workflow behind this form could not answer.\n\n"
                "Whoever gave you the form can see why. Sending it again is not needed."
            ),
            title="Your answers have come in",
        )
    listed = "".join(f'<li><a href="{escape(at)}" download>{escape(name)}</a></li>' for at, name in files.items())
    text = paragraphs(said.text) if said.text or listed else paragraphs(form.params.thanks)
    return _after(
        form, look, f'<div class="answer">{text}</div>' + (f'<ul class="files">{listed}</ul>' if listed else "")
    )


def waiting_page(form: Form, look: Look, here: str) -> Response:
    text = "Your answers have come in. What is done with them takes a little longer; this page looks for it by itself."
    return _after(form, look, f'<p role="status">{text}</p>', refresh=(5, here))


def _after(
    form: Form, look: Look, body: str, *, title: str | None = None, refresh: tuple[int, str] | None = None
) -> Response:
    title = title or form.params.title
    return respond(
        Page(
            title=title,
            body=f'<main class="note"><h1>{escape(title)}</h1>{body}</main>',
            look=look,
            kind="form",
            frames=form.params.embed_on,
            refresh=refresh,
        )
    )
