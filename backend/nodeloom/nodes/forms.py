"""core.form: the questions of a hosted page. What is asked stands here; the page itself is the forms feature's."""

import re
import unicodedata
from collections import Counter
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.nodes.hosted import Addressed, Hosted, Lines
from nodeloom.nodes.node_type import NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints
from nodeloom.nodes.patterns import matches

FieldKind: TypeAlias = Literal[
    "text", "long_text", "number", "email", "date", "choice", "choices", "checkbox", "file", "hidden", "page"
]

_ASKED: Final = ["text", "long_text", "number", "email", "date", "choice", "choices", "checkbox", "file"]
_TYPED: Final = ["text", "long_text", "number", "email"]
_MEASURED: Final = ["text", "long_text", "number", "choices", "file"]
# What the item holds beside the answers.
RESERVED: Final = frozenset({"submitted_at", "form"})
_MOST_FIELDS: Final = 200


def _pattern(pattern: str) -> str:
    try:
        matches("", pattern)
    except NodeFailed as failed:
        raise ValueError(failed.message.removesuffix(".")) from None
    return pattern


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]


class FormField(Params):
    label: str = Field(
        title="Label", description="What is asked.", min_length=1, max_length=300, examples=["Your e-mail"]
    )
    kind: FieldKind = Field(
        default="text",
        title="Kind",
        json_schema_extra=hints(
            labels={
                "text": "Text",
                "long_text": "Long text",
                "number": "Number",
                "email": "E-mail",
                "date": "Date",
                "choice": "One of several",
                "choices": "Any of several",
                "checkbox": "Check box",
                "file": "File",
                "hidden": "Hidden, from the address",
                "page": "A new page begins",
            }
        ),
    )
    options: Lines = Field(
        default=[],
        title="Choices",
        description="One a line.",
        examples=["Small\nMedium\nLarge"],
        json_schema_extra=hints("multiline", show_if={"kind": ["choice", "choices"]}),
    )
    required: bool = Field(
        default=False, title="Has to be answered", json_schema_extra=hints(show_if={"kind": list[Any](_ASKED)})
    )
    help: str = Field(
        default="",
        title="Help",
        description="A line below the label; on a new page, the text below its title.",
        max_length=1000,
        json_schema_extra=hints(advanced=True),
    )
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)] | None = Field(
        default=None,
        title="Name in the data",
        description="What expressions call it; made of the label if left out. For a hidden field, also the name in"
        " the address.",
        examples=["email"],
        json_schema_extra=hints(advanced=True, show_if={"kind": [*_ASKED, "hidden"]}),
    )
    placeholder: str = Field(
        default="",
        title="Placeholder",
        description="An example inside the empty field.",
        max_length=300,
        json_schema_extra=hints(advanced=True, show_if={"kind": list[Any](_TYPED)}),
    )
    default: str = Field(
        default="",
        title="Default",
        description="What stands in it at first. Several choices: one a line. A check box: yes.",
        max_length=5000,
        json_schema_extra=hints(
            advanced=True, show_if={"kind": [kind for kind in (*_ASKED, "hidden") if kind != "file"]}
        ),
    )
    min: float | None = Field(
        default=None,
        title="At least",
        description="Characters of a text, the value of a number, how many choices or files.",
        json_schema_extra=hints(advanced=True, show_if={"kind": list[Any](_MEASURED)}),
    )
    max: float | None = Field(
        default=None,
        title="At most",
        description="Characters of a text, the value of a number, how many choices or files (one file if left out).",
        json_schema_extra=hints(advanced=True, show_if={"kind": list[Any](_MEASURED)}),
    )
    earliest: Day | None = Field(
        default=None,
        title="Earliest day",
        examples=["2026-01-01"],
        json_schema_extra=hints(advanced=True, show_if={"kind": ["date"]}),
    )
    latest: Day | None = Field(
        default=None,
        title="Latest day",
        examples=["2026-12-31"],
        json_schema_extra=hints(advanced=True, show_if={"kind": ["date"]}),
    )
    pattern: Annotated[str, Field(max_length=500), AfterValidator(_pattern)] | None = Field(
        default=None,
        title="Pattern",
        description="A regular expression that the whole text has to fit; say in the help what it asks for.",
        examples=["[A-Z]{2}-[0-9]{4}"],
        json_schema_extra=hints(advanced=True, show_if={"kind": ["text", "long_text", "email"]}),
    )
    accept: Lines = Field(
        default=[],
        title="Kinds of files",
        description="Endings or media types, one a line; all kinds without any.",
        examples=[".pdf\nimage/*"],
        json_schema_extra=hints("multiline", advanced=True, show_if={"kind": ["file"]}),
    )
    max_mb: int = Field(
        default=10,
        title="Largest file (MB)",
        ge=1,
        le=1000,
        json_schema_extra=hints(advanced=True, show_if={"kind": ["file"]}),
    )

    @model_validator(mode="after")
    def _fits(self) -> "FormField":
        if self.kind in ("choice", "choices") and not self.options:
            raise ValueError("a choice needs its choices, one a line")
        if len(set(self.options)) < len(self.options):
            raise ValueError("the same choice stands there twice")
        if self.name in RESERVED:
            raise ValueError(f"“{self.name}” is what the form itself says; choose another name")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("at least is more than at most")
        return self


class _Asks(Params):
    fields: list[FormField] = Field(
        title="Fields",
        description="What is asked, in this order. “A new page begins” parts them into steps.",
        min_length=1,
        max_length=_MOST_FIELDS,
        json_schema_extra=hints("outline"),
    )


class FormParams(Hosted, _Asks, Addressed):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"x-base": "/forms/", "x-page": "form", "x-literal": True}
    )

    title: str = Field(default="Form", title="Title", min_length=1, max_length=300, examples=["Order a sample"])
    description: str = Field(
        default="",
        title="Description",
        description="Below the title.",
        max_length=5000,
        json_schema_extra=hints("multiline"),
    )
    respond: Literal["text", "answer", "redirect"] = Field(
        default="text",
        title="Afterwards",
        description="What the visitor sees when the form was sent.",
        json_schema_extra=hints(
            labels={
                "text": "A text",
                "answer": "What the workflow answers (Respond, or the last node)",
                "redirect": "Another page",
            }
        ),
    )
    thanks: str = Field(
        default="Thank you. Your answers have come in.",
        title="Text",
        max_length=5000,
        json_schema_extra=hints("multiline", show_if={"respond": ["text"]}),
    )
    redirect_to: Annotated[str, Field(pattern=r"^https://[^\s\"<>\\]+$", max_length=2000)] | None = Field(
        default=None,
        title="Address",
        description="Begins with https://.",
        examples=["https://www.example.com/thanks"],
        json_schema_extra=hints(show_if={"respond": ["redirect"]}),
    )
    submit_label: str = Field(
        default="Send",
        title="Button",
        min_length=1,
        max_length=60,
        json_schema_extra=hints(advanced=True),
    )

    @model_validator(mode="after")
    def _whole(self) -> "FormParams":
        if self.respond == "redirect" and self.redirect_to is None:
            raise ValueError("say to which address the visitor is sent")
        if all(field.kind in ("page", "hidden") for field in self.fields):
            raise ValueError("the form asks nothing: add a field")
        named = [field.name for field in self.fields if field.name is not None and field.kind != "page"]
        twice = next((name for name, count in Counter(named).items() if count > 1), None)
        if twice is not None:
            raise ValueError(f"two fields are called “{twice}”")
        return self


def field_names(fields: list[FormField]) -> list[str]:
    """The name of each field in the data: its own, or its label in small letters; a second one gets a number."""
    taken = {field.name for field in fields if field.name is not None} | RESERVED
    names: list[str] = []
    for field in fields:
        if field.name is not None:
            names.append(field.name)
            continue
        stem = _slug(field.label)
        name, count = stem, 1
        while name in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name)
        names.append(name)
    return names


def _slug(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_")
    if not slug:
        return "field"
    return slug if slug[0].isalpha() else f"field_{slug}"


_LITERAL: Final = tuple(FormParams.model_fields)

FORM = NodeType(
    NodeSpec("core.form", "Form", FormParams, trigger=True, inputs=(), can_fail=False, literal=_LITERAL),
    description="Starts a run when somebody fills in a form on a page of its own.",
    group="trigger",
    icon="clipboard-list",
    run=None,
    aliases=("form", "survey", "questions", "page", "upload", "submit", "input"),
    summary="{title}",
)
