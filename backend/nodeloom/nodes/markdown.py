"""core.markdown: Markdown to HTML that is safe to show, and HTML to Markdown."""

from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.nodes.field_path import DottedPath, written
from nodeloom.nodes.html_tree import parsed
from nodeloom.nodes.markdown_text import to_markdown
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

if TYPE_CHECKING:
    from markdown_it.token import Token

_MOST_CHARACTERS: Final = 300_000
# Every opening bracket may begin a link, and is tried against all that follows.
_MOST_BRACKETS: Final = 10_000
_MOST_IN_ATTRIBUTES: Final = 5_000_000


class MarkdownParams(Params):
    operation: Literal["to_html", "from_html"] = Field(
        title="Operation",
        json_schema_extra=hints(labels={"to_html": "Markdown to HTML", "from_html": "HTML to Markdown"}),
    )
    value: str = Field(title="Text", examples=["{{ $json.text }}"], json_schema_extra=hints("multiline"))
    breaks: bool = Field(
        default=False,
        title="Keep line breaks",
        description="A line break in a paragraph is one in the HTML too.",
        json_schema_extra=hints(advanced=True, show_if={"operation": ["to_html"]}),
    )
    into: DottedPath = Field(default="text", title="Put the result into", examples=["html"])


def _markdown(params: MarkdownParams, item: Item, _ctx: NodeContext) -> Emitted:
    if params.operation == "to_html":
        result = to_html(params.value, breaks=params.breaks)
    else:
        tree = parsed(params.value)
        result = to_markdown(tree.body) if tree.body else ""
    return Emitted({"out": (Item(written(item.json, params.into, result), item.files),)})


def to_html(text: str, *, breaks: bool = False) -> str:
    """HTML in the Markdown stands in the result as text, and links lead to no scripts: markdown-it sees to both."""
    if len(text) > _MOST_CHARACTERS:
        raise NodeFailed(
            "too_large", f"The text has {len(text):,} characters; at most {_MOST_CHARACTERS:,} are read.", "Split it."
        )
    if text.count("[") > _MOST_BRACKETS:
        raise NodeFailed("too_complex", f"The text has more than {_MOST_BRACKETS:,} opening brackets.", "Split it.")
    # Imported here: every start would pay for it.
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False, "breaks": breaks, "maxNesting": 50})
    markdown.enable(["table", "strikethrough"])
    environment: dict[str, object] = {}
    tokens = markdown.parse(text, environment)
    if sum(map(_in_attributes, tokens)) > _MOST_IN_ATTRIBUTES:
        raise NodeFailed("too_large", "One long link is used so often that the HTML would be too long.")
    return str(markdown.renderer.render(tokens, markdown.options, environment))


def _in_attributes(token: "Token") -> int:
    own = sum(len(str(value)) for value in token.attrs.values())
    return own + sum(map(_in_attributes, token.children or ()))


MARKDOWN = NodeType(
    NodeSpec("core.markdown", "Markdown", MarkdownParams),
    description="Turns Markdown into HTML that is safe to show, and HTML into Markdown.",
    group="data",
    icon="file-text",
    run=_markdown,
    aliases=("md", "convert", "html", "format", "rich text"),
    summary="",
)
