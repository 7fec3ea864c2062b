"""HTML as a tree, whatever state the text is in, and the text people read in it."""

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from nodeloom.nodes.html_cost import tags, too_costly
from nodeloom.nodes.node_type import NodeFailed

MOST_CHARACTERS: Final = 5_000_000
UNSEEN: Final = frozenset({"script", "style", "template", "noscript", "head", "iframe", "object", "svg", "math"})
BLOCKS: Final = tags(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tr ul"
)


_SPACE: Final = re.compile(r"[ \t\n\f\r]+")


def parsed(html: str) -> LexborHTMLParser:
    if len(html) > MOST_CHARACTERS:
        raise NodeFailed(
            "too_large", f"The HTML has {len(html):,} characters; at most {MOST_CHARACTERS:,} are read.", "Split it."
        )
    if too_costly(html):
        raise NodeFailed(
            "too_complex", "The HTML is nested too deep to be read.", "It may be broken, or made to do harm."
        )
    return LexborHTMLParser(html.encode("utf-8", "replace"))


def steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node when it begins (True) and, if it is an element, when it ends (False); without what nobody sees."""
    pending: list[tuple[LexborNode, bool]] = [(root, True)]
    while pending:
        node, begins = pending.pop()
        if begins and node.tag in UNSEEN and node is not root:
            continue
        yield node, begins
        if begins and node.tag != "-text":
            pending.append((node, False))
            pending.extend((child, True) for child in reversed(list(node.iter(include_text=True))))


def plain_text(root: LexborNode) -> str:
    """Lines as a browser breaks them, with single spaces; what stands in `pre` as it is."""
    parts: list[str] = ["\n"]
    within_pre = 0
    for node, begins in steps(root):
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            text = text if within_pre else single_spaces(text, after=parts[-1])
            parts.extend([text] if text else [])
        elif tag in BLOCKS:
            parts.append("\n")
        elif tag in ("td", "th") and not begins:
            parts.append("\t")
        if tag == "pre":
            within_pre += 1 if begins else -1
    lines = (line.rstrip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def single_spaces(text: str, *, after: str) -> str:
    """Any white space as one space, and none where a space or a line's end stands before it."""
    spaced = _SPACE.sub(" ", text)
    return spaced.removeprefix(" ") if after[-1:] in ("", " ", "\n", "\t") else spaced
