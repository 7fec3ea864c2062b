"""A form as it is filled in: steps, the names of its fields, and what has been typed so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nodeloom.graph.item import ArtifactRef
from nodeloom.nodes.forms import FormField, FormParams, field_names


@dataclass(frozen=True, slots=True)
class Question:
    """One field under the name that it has in the data."""

    name: str
    field: FormField


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Form:
    params: FormParams
    steps: tuple[Step, ...]

    @property
    def questions(self) -> Iterable[Question]:
        return (question for step in self.steps for question in step.questions)


@dataclass(slots=True)
class Filled:
    """What was typed, as text by name, and the files that are already stored; `submission` makes a repeat known."""

    submission: str
    step: int = 0
    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    files: dict[str, list[ArtifactRef]] = field(default_factory=dict[str, list[ArtifactRef]])

    def text(self, name: str) -> str:
        values = self.texts.get(name, [])
        return values[0] if values else ""


def form_of(params: FormParams) -> Form:
    """A page break begins a step; a step without any question is left out."""
    steps: list[Step] = []
    title, text = "", ""
    questions: list[Question] = []
    for name, asked in zip(field_names(params.fields), params.fields, strict=True):
        if asked.kind != "page":
            questions.append(Question(name, asked))
            continue
        if questions:
            steps.append(Step(title, text, tuple(questions)))
        title, text, questions = asked.label, asked.help, []
    if questions:
        steps.append(Step(title, text, tuple(questions)))
    return Form(params, tuple(steps))


def at_first(form: Form, submission: str, query: Mapping[str, list[str]]) -> Filled:
    """The defaults, and in their place what the address says (`?email=…`)."""
    filled = Filled(submission)
    for question in form.questions:
        asked = question.field
        given = query.get(question.name)
        if asked.kind == "file":
            continue
        if given is None:
            given = asked.default.splitlines() if asked.kind == "choices" else [asked.default]
        filled.texts[question.name] = [text.replace("\0", "") for text in given if text]
    return filled
