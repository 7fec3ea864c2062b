import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from selectolax.lexbor import LexborHTMLParser, LexborNode

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.html_cost import open_elements, too_costly
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.running import run_each

PAGE = """<!doctype html><html><head><title>Shop</title><style>p {}</style></head><body>
<h1 class="big">Chairs &amp; <b>tables</b></h1>
<ul><li class=c data-id=1>Oak  chair <a href="/oak">more</a><li class=c data-id=2>Pine</ul>
<script>document.write("<li class=c>no</li>")</script><p>one<br>two</p>
<table><tr><td>a<td>b</table></body></html>"""


def extracted(html: str, **field: object) -> JsonValue:
    params = {"value": html, "fields": [{"name": "x", **field}], "keep": "none"}
    (item,) = run_each("core.html", params, Item({"kept": 1})).ports["out"]
    return item.json["x"]


def stripped(html: str) -> JsonValue:
    (item,) = run_each("core.html", {"value": html, "operation": "strip"}, Item({"kept": 1})).ports["out"]
    assert item.json["kept"] == 1
    return item.json["text"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"selector": "h1"}, "Chairs & tables"),
        ({"selector": "h1", "take": "html"}, "Chairs &amp; <b>tables</b>"),
        ({"selector": "title"}, "Shop"),
        ({"selector": ".c", "list": True}, ["Oak chair more", "Pine"]),
        ({"selector": ".c", "take": "attribute", "attribute": "data-id", "list": True}, ["1", "2"]),
        ({"selector": "li:has(a) > a[href^='/']", "take": "attribute", "attribute": "href"}, "/oak"),
        ({"selector": "h1", "take": "attribute", "attribute": "id"}, None),
        ({"selector": "h7"}, None),
        ({"selector": "h7", "list": True}, []),
        ({"selector": "td:nth-child(2)"}, "b"),
    ],
)
def test_fields_are_taken_out(field: dict[str, object], expected: JsonValue) -> None:
    assert extracted(PAGE, **field) == expected


def test_only_the_text_is_left() -> None:
    assert stripped(PAGE) == "Chairs & tables\nOak chair more\nPine\none\ntwo\na\tb"
    assert stripped("") == ""
    assert stripped("a <b>b</b>  c<pre>x\n  y</pre>") == "a b c\nx\n  y"


def test_a_selector_that_is_none() -> None:
    with pytest.raises(NodeFailed, match=r"“li\[\[” is no CSS selector"):
        extracted(PAGE, selector="li[[")


def test_a_selector_that_would_take_for_ever_is_refused() -> None:
    page = "<div>" * 400 + "<p>x"
    assert extracted(page, selector="div p") == "x"
    for selector in ("section div div div p", "b, section div div div div p", "div:has(div:has(div:has(div:has(b))))"):
        with pytest.raises(NodeFailed, match="takes too long"):
            extracted(page, selector=selector)
    assert extracted(PAGE, selector="body ul li a") == "more"
    for selector in ("p:nth-child(2)", "b ~ p", "p:last-of-type"):
        with pytest.raises(NodeFailed, match="takes too long"):
            extracted("<p>" * 40_000, selector=selector)


@pytest.mark.parametrize(
    "params",
    [{}, {"value": "<p>"}, {"value": "", "fields": [{"name": "x", "selector": "a", "take": "attribute"}]}],
)
def test_params_that_are_none(params: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        run_each("core.html", params, Item({}))


HOSTILE = {
    "deep": "<div>" * 900_000,
    "deep behind comments": "<div><!--</div>-->" * 100_000,
    "deep behind attributes": "<div a='>' b='</div>'>" * 100_000,
    "deep behind raw text": "<title><!--</title><div>" * 100_000,
    "deep in foreign elements": "<svg>" + "<tr>" * 400_000,
    "deep behind wrong ends": "<div><table></div></table>" * 100_000,
    "deep behind cdata": "<svg>" + "<g><![CDATA[></g>]]>" * 100_000,
    "self-closing outside svg": "<!--<svg>-->" + "<path/>" * 400_000,
    "entries that don't close each other": "<li><dd>" * 400_000,
    "repeated formatting": "".join(f"<b a{n}>" for n in range(3_000)) + "<p>x" * 3_000,
    "tags in tags": '<a b="' * 700_000,
    "no end of a tag": '<a "' * 900_000,
    "long": "x" * 5_000_001,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_html_that_would_take_for_ever_is_refused_at_once(html: str) -> None:
    with pytest.raises(NodeFailed) as failed:
        stripped(html)
    assert failed.value.code in ("too_complex", "too_large")


def test_matches_inside_each_other_do_not_grow_without_end() -> None:
    with pytest.raises(NodeFailed, match="too long"):
        extracted("<div>" * 300 + "x" * 100_000, selector="div", list=True)


def test_a_large_page_is_read() -> None:
    row = (
        '<tr class="r"><td><a href="/x?a=1&b=2">Name</a><br><img src=a.png>'
        '<svg viewBox="0 0 1 1"><path d="M0"/></svg><p>text'
    )
    page = f"<html><body><table>{row * 1_500}</table></body></html>"
    assert len(str(stripped(page)).split("\n")) == 3_000
    bare = "<ul>" + "<li>one<p>two<br>" * 10_000 + "</ul>"
    assert not too_costly(bare)


MARKUP = (
    "<div> </div> <b> </b> <p> </p> <li> <ul> </ul> <table> </table> <tr> <td> <svg> </svg> <path/> <g> </g> <a"
    " x=' ' x=\" \" > /> <!-- --> <![CDATA[ ]]> <title> </title> <script> </script> <i> </i> <button> </button>"
    " <template> </template> <select> <option> <math> <mi> <dd> <br> x = <textarea> </textarea> <object> <h1>"
)
PIECES = st.sampled_from(MARKUP.split(" "))


def depth(html: str) -> int:
    deepest = 0
    root = LexborHTMLParser(html).root
    pending: list[tuple[LexborNode, int]] = [(root, 1)] if root else []
    while pending:
        node, level = pending.pop()
        deepest = max(deepest, level)
        pending.extend((child, level + 1) for child in node.iter())
    return deepest


@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=12).map(" ".join), st.integers(1, 12))
def test_open_elements_are_never_counted_too_few(piece: str, times: int) -> None:
    """Beyond what one piece may add, real depth grows no faster than a few elements for each that is counted."""
    html = piece * times
    assert depth(html) <= 6 * max(open_elements(html)) + len(piece) + 8


def test_the_count_forgets_what_is_closed() -> None:
    assert max(open_elements("<div><p>a<br></p><b>c</b></div>" * 100)) <= 3
