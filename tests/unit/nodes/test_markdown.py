import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeloom.graph.item import Item
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.running import run_each


def converted(operation: str, value: str, **params: object) -> str:
    (item,) = run_each("core.markdown", {"operation": operation, "value": value, **params}, Item({})).ports["out"]
    return str(item.json["text"])


def test_markdown_to_html() -> None:
    text = "# A\n\n**b** ~~c~~ `d`\n\n- x\n\n| h |\n|---|\n| 1 |"
    html = converted("to_html", text)
    for part in ("<h1>A</h1>", "<strong>b</strong>", "<s>c</s>", "<code>d</code>", "<li>x</li>", "<td>1</td>"):
        assert part in html
    assert converted("to_html", "a\nb", breaks=True) == "<p>a<br />\nb</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&colon;alert(1))",
        "[a](&#x6a;avascript:alert(1))",
        "[a]( java\nscript:alert(1))",
        "![a](vbscript:x)",
        "[a](data:text/html,<script>x</script>)",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        '[a](/x "\\" onclick=alert(1)")',
        '```x" onclick=y\n```',
    ],
)
def test_html_made_of_markdown_is_harmless(text: str) -> None:
    html = converted("to_html", text)
    assert "<script" not in html
    assert "<img src=x" not in html
    for attribute in ("href", "src"):
        for scheme in ("javascript", "vbscript", "data"):
            assert f'{attribute}="{scheme}' not in html.lower()
    assert '" onclick' not in html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>A  <i>b</i></h2>text", "## A *b*\n\ntext"),
        ("<p>a<br>b</p><p>c &lt; d</p>", "a\\\nb\n\nc \\< d"),
        ("<ul><li>x<ul><li>y</ul><li>z</ul>", "- x\n  - y\n- z"),
        ("<ol start=3><li>a<li><p>b<p>c</ol>", "3. a\n4. b\n\n   c"),
        ("<pre><code class='hljs language-py'>a\n  ```\n</code></pre>", "````py\na\n  ```\n````"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<a href='/x (1)'>go</a> <a href='java\nscript:x'>no</a>", "[go](/x%281%29) no"),
        ("<img src='a.png' alt='A [b]'>", "![A \\[b\\]](a.png)"),
        ("<p>x <b> y </b>z <code>a`b</code>", "x **y** z ``a`b``"),
        ("<table><tr><th>a<th>b<tr><td>1|2<td><p>x<p>y</table>", "| a | b |\n| --- | --- |\n| 1\\|2 | x y |"),
        ("1. no <p>- no <p># no", "1\\. no\n\n\\- no\n\n\\# no"),
        ("<style>x</style><script>y</script><div><span>z</span></div>", "z"),
        ("", ""),
    ],
)
def test_html_to_markdown(html: str, markdown: str) -> None:
    assert converted("from_html", html) == markdown


def test_a_page_deeper_than_any_is_taken_as_text() -> None:
    assert converted("from_html", "<div>" * 1_000 + "<b>x</b>") == "x"
    assert "x" in converted("from_html", "<b>" * 500 + "x")
    assert "x" in converted("from_html", "<ul><li>" * 500 + "x")


WORD = st.text("ab*_`<>&[]#-+1.)\\|~!", min_size=1, max_size=6)


@settings(max_examples=50)
@given(st.lists(WORD, min_size=1, max_size=4).map(" ".join))
def test_text_stays_the_same_text(text: str) -> None:
    """To Markdown and back, the words a reader sees don't change."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    there = converted("to_html", converted("from_html", f"<p>{escaped}</p>"))
    assert there.strip() == f"<p>{escaped}</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<h1>A</h1>\n<p>b <strong>c</strong> <em>d</em></p>",
        "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>",
        "<ol>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n<li>\n<p>c</p>\n</li>\n</ol>",
        "<blockquote>\n<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n</blockquote>",
        '<pre><code class="language-js">a  &lt; b\n</code></pre>',
        '<p><a href="https://x.example/?a=1">b</a><br />\nc</p>\n<hr />',
    ],
)
def test_there_and_back(html: str) -> None:
    assert converted("to_html", converted("from_html", html)).strip() == html


@pytest.mark.parametrize(
    "text",
    ["[" * 3_000, "[a](" * 1_000, ">" * 10_000, "*a _b " * 1_000, "![a](b" * 1_000, "`" * 10_000, "- " * 1_000],
)
def test_hostile_markdown_ends_soon(text: str) -> None:
    assert converted("to_html", text)


def test_what_is_too_long() -> None:
    with pytest.raises(NodeFailed, match="300,000"):
        converted("to_html", "x" * 300_001)
    with pytest.raises(NodeFailed, match="brackets"):
        converted("to_html", "[" * 10_001)
    with pytest.raises(NodeFailed, match="long link"):
        converted("to_html", f"[a]: /{'u' * 20_000}\n\n{'[a] ' * 300}")
