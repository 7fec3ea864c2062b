"""Where an expression ends: `}}` counts only outside of JavaScript's own brackets, texts and comments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeloom.expressions.text import Code, split


@pytest.mark.parametrize(
    "code",
    [
        " $json.a ",
        " '}}' ",
        ' "}}" ',
        " 'it\\'s }}' ",
        " `}}` ",
        " `a${ {b: {c: 1}}.b }}}` ",
        " /}}/.test('x') ",
        " /[/}}]/ ",
        " a / b / c ",
        " {a: {b: 1}} ",
        " [1].map(x => { return {x} }) ",
        " 1 /* }} */ ",
        " (() => { if (a) { return 1 } })() ",
    ],
)
def test_braces_inside_the_code_do_not_end_it(code: str) -> None:
    assert split("x {{" + code + "}} y") == ["x ", Code(code), " y"]


def test_a_line_comment_ends_with_the_expression() -> None:
    assert split("{{ 1 // one }} and {{ 2 }}") == [Code(" 1 // one "), " and ", Code(" 2 ")]


def test_an_object_may_touch_the_end() -> None:
    assert split("{{ {a:{b:1}}}}") == [Code(" {a:{b:1}}")]


def test_a_text_that_is_not_closed_ends_at_the_first_braces() -> None:
    assert split("{{ it's }} {{ 2 }}") == [Code(" it's "), " ", Code(" 2 ")]


def test_an_expression_without_an_end_is_told_apart() -> None:
    assert split("a {{ b") == ["a ", Code(" b", closed=False)]


@given(st.lists(st.text(alphabet="ab {}`'\"/$\\\n", max_size=30), max_size=4).map("{{".join))
def test_nothing_of_the_text_is_lost(text: str) -> None:
    rebuilt = "".join(
        part if isinstance(part, str) else "{{" + part.source + ("}}" if part.closed else "") for part in split(text)
    )
    assert rebuilt == text
