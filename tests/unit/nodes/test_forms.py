"""What may be drawn as a form or a chat, and how fields are called."""

from typing import Any

import pytest
from pydantic import ValidationError

from nodeloom.nodes.chats import ChatParams
from nodeloom.nodes.forms import FormField, FormParams, field_names

NAME = {"label": "Name"}


def form(*fields: dict[str, Any], **params: Any) -> FormParams:
    return FormParams.model_validate({"path": "sign-up", "fields": list(fields or [NAME]), **params})


def names(*fields: dict[str, Any]) -> list[str]:
    return field_names([FormField.model_validate(field) for field in fields])


def test_names_are_made_of_labels_and_never_twice() -> None:
    assert names({"label": "Your e-mail"}, {"label": "Größe"}, {"label": "2nd name"}, {"label": "名前"}) == [
        "your_e_mail",
        "grosse",
        "field_2nd_name",
        "field",
    ]
    assert names({"label": "A"}, {"label": "a!"}, {"label": "x", "name": "a_2"}) == ["a", "a_3", "a_2"]
    assert names({"label": "Form"}, {"label": "Submitted at"}) == ["form_2", "submitted_at_2"]


def test_lists_are_written_one_entry_a_line() -> None:
    sizes = {"label": "Size", "kind": "choice", "options": " S \n\nM"}
    drawn = form(sizes, embed_on="https://Example.com/\nhttp://localhost:3000")
    assert drawn.fields[0].options == ["S", "M"]
    assert drawn.embed_on == ["https://example.com", "http://localhost:3000"]
    assert FormParams.model_validate(drawn.model_dump(mode="json")) == drawn


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ({"kind": "choice"}, "needs its choices"),
        ({"kind": "choices", "options": "a\na"}, "twice"),
        ({"name": "form"}, "choose another name"),
        ({"name": "a b"}, "pattern"),
        ({"min": 3, "max": 2}, "at least is more"),
        ({"pattern": "(a"}, "no regular expression"),
        ({"kind": "date", "earliest": "2026-02-30"}, "day"),
        ({"kind": "password"}, "Input should be"),
    ],
)
def test_fields_that_make_no_sense(field: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        form({"label": "Field", **field})


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"fields": [{"label": "Next", "kind": "page"}]}, "asks nothing"),
        ({"fields": [{"label": "A", "name": "a"}, {"label": "B", "name": "a"}]}, "two fields"),
        ({"fields": []}, "at least 1"),
        ({"respond": "redirect"}, "to which address"),
        ({"respond": "redirect", "redirect_to": "http://example.com"}, "pattern"),
        ({"path": "-/done"}, "Nodeloom uses itself"),
        ({"path": "a b"}, "pattern"),
        ({"embed_on": "https://a.example; script-src *"}, "no site"),
        ({"embed_on": "'unsafe-inline'"}, "no site"),
        ({"embed_on": "https://a.example/page"}, "no site"),
    ],
)
def test_forms_that_make_no_sense(params: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        FormParams.model_validate({"path": "sign-up", "fields": [NAME], **params})


def test_a_chat_needs_only_an_address() -> None:
    chat = ChatParams.model_validate({"path": "shop", "suggestions": "Hours?\nPrices?"})
    assert (chat.history, chat.suggestions, chat.access) == (10, ["Hours?", "Prices?"], "anyone")
