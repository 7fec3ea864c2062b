"""core.html: take fields out of HTML by CSS selectors, or the text without the tags."""

import re
from math import comb
from typing import Literal

from pydantic import Field, model_validator
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import DottedPath, written
from nodeloom.nodes.html_tree import parsed, plain_text, steps
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

_MOST_MATCHES = 100_000
_MOST_TEXT = 20_000_000
_MOST_CHAINS = 1_000_000_000
_AMONG_SIBLINGS = re.compile(r"~|:(?:nth|last|first|only)-")
_DESCENDANT = re.compile(r"(?<=[^\s>+~,(])\s+(?=[^\s>+~,)])|:has\(")


class Extracted(Params):
    name: DottedPath = Field(title="Name", examples=["title"])
    selector: str = Field(
        title="CSS selector", min_length=1, max_length=500, examples=["h1", "article a.more", "tr:nth-child(2) > td"]
    )
    take: Literal["text", "attribute", "html"] = Field(
        default="text",
        title="Take",
        json_schema_extra=hints(
            labels={"text": "The text", "attribute": "An attribute", "html": "The HTML inside the element"}
        ),
    )
    attribute: str = Field(
        default="",
        title="Attribute",
        max_length=200,
        examples=["href"],
        json_schema_extra=hints(show_if={"take": ["attribute"]}),
    )
    list: bool = Field(
        default=False,
        title="All matches as a list",
        description="Otherwise only the first one; null where nothing matches.",
    )

    @model_validator(mode="after")
    def _names_its_attribute(self) -> "Extracted":
        if self.take == "attribute" and not self.attribute:
            raise ValueError("name the attribute")
        return self


class HtmlParams(Params):
    value: str = Field(
        title="HTML",
        description="A whole page or a part of one.",
        examples=["{{ $json.body }}"],
        json_schema_extra=hints("multiline"),
    )
    operation: Literal["extract", "strip"] = Field(
        default="extract",
        title="Operation",
        json_schema_extra=hints(labels={"extract": "Take out fields", "strip": "Leave only the text"}),
    )
    fields: list[Extracted] = Field(
        default=[],
        title="Fields",
        examples=[[{"name": "title", "selector": "h1"}]],
        json_schema_extra=hints(show_if={"operation": ["extract"]}),
    )
    into: DottedPath = Field(
        default="text", title="Put the text into", json_schema_extra=hints(show_if={"operation": ["strip"]})
    )
    keep: Literal["all", "none"] = Field(
        default="all",
        title="Keep",
        description="What happens to the item's other fields and its files.",
        json_schema_extra=hints(advanced=True, labels={"all": "All other fields", "none": "Only the new fields"}),
    )

    @model_validator(mode="after")
    def _names_fields(self) -> "HtmlParams":
        if self.operation == "extract" and not self.fields:
            raise ValueError("name at least one field to take out")
        return self


def _html(params: HtmlParams, item: Item, _ctx: NodeContext) -> Emitted:
    tree = parsed(params.value)
    kept = params.keep == "all"
    json = item.json if kept else {}
    if params.operation == "strip":
        json = written(json, params.into, plain_text(tree.body) if tree.body else "")
    else:
        for field in params.fields:
            json = written(json, field.name, _extracted(tree, field))
    return Emitted({"out": (Item(json, item.files) if kept else Item(json),)})


def _check_effort(tree: LexborHTMLParser, selector: str) -> None:
    """A selector of several parts is tried on every chain of ancestors, whose number grows fast with the depth."""
    parts = max(len(_DESCENDANT.findall(part)) for part in selector.split(","))
    if parts < 2 or tree.body is None:
        return
    level, chains = 0, 0
    for node, begins in steps(tree.body):
        if node.tag != "-text":
            level += 1 if begins else -1
            chains += comb(level, parts) if begins else 0
            if chains > _MOST_CHAINS:
                hint = "Use fewer parts, or “>” between them."
                raise NodeFailed("too_complex", f"“{selector}” takes too long on HTML so deep.", hint)


def _check_width(tree: LexborHTMLParser, selector: str) -> None:
    """To number an element or to find one before it, all its siblings are gone through."""
    if not _AMONG_SIBLINGS.search(selector) or tree.root is None:
        return
    pairs = 0
    for node, begins in steps(tree.root):
        pairs += sum(1 for _ in node.iter()) ** 2 if begins and node.tag != "-text" else 0
    if pairs > _MOST_CHAINS:
        message = f"“{selector}” takes too long among so many elements."
        raise NodeFailed("too_complex", message, "Use a simpler selector.")


def _extracted(tree: LexborHTMLParser, field: Extracted) -> JsonValue:
    _check_effort(tree, field.selector)
    _check_width(tree, field.selector)
    try:
        nodes = tree.css(field.selector)
    except (SelectolaxError, ValueError):
        hint = "Such as “h1”, “.price”, “a[href]” or “ul > li”."
        raise NodeFailed("wrong_selector", f"“{field.selector}” is no CSS selector.", hint) from None
    if not field.list:
        return _taken(nodes[0], field) if nodes else None
    if len(nodes) > _MOST_MATCHES:
        hint = "Use a narrower selector."
        raise NodeFailed("too_many_matches", f"“{field.selector}” matches {len(nodes):,} elements.", hint)
    return _all_taken(nodes, field)


def _all_taken(nodes: list[LexborNode], field: Extracted) -> JsonValue:
    found: list[JsonValue] = []
    size = 0
    for node in nodes:
        value = _taken(node, field)
        # Elements inside each other repeat their text.
        size += len(value or "")
        if size > _MOST_TEXT:
            hint = "Use a selector that doesn't match elements inside each other."
            raise NodeFailed("too_large", f"The matches of “{field.selector}” are too long.", hint)
        found.append(value)
    return found


def _taken(node: LexborNode, field: Extracted) -> str | None:
    match field.take:
        case "text":
            return plain_text(node)
        case "html":
            return (node.inner_html or "").strip()
        case "attribute":
            # An attribute without a value, such as `checked`, is an empty text.
            found = node.attributes
            return (found[field.attribute] or "") if field.attribute in found else None


HTML = NodeType(
    NodeSpec("core.html", "HTML", HtmlParams),
    description="Takes texts, attributes and lists out of HTML by CSS selectors, or leaves only its text.",
    group="data",
    icon="code-xml",
    run=_html,
    aliases=("scrape", "css", "selector", "extract", "web page", "strip tags", "parse"),
    summary="",
)
