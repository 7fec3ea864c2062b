"""HTML as Markdown (CommonMark with tables): what a reader sees, without the page's machinery."""

import re
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from nodeloom.nodes.html_cost import tags
from nodeloom.nodes.html_tree import UNSEEN, plain_text, single_spaces

# What stands deeper is taken as text.
_DEEPEST: Final = 80
_CONTAINERS: Final = tags(
    "body article aside address center dd details dialog div dl dt fieldset figcaption figure footer form header main"
    " nav section summary html tbody thead tfoot caption"
)
_MARKS: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~&])")
# At a line's beginning these would start a list, a heading, a quotation or a rule.
_LINE_START: Final = re.compile(r"(?m)^( *)(?:([#+=-])|(\d{1,9})([.)]))")
_SPACES: Final = re.compile(" {2,}")
_BACKTICKS: Final = re.compile("`+")
_SCHEME: Final = re.compile(r"(?i)(?:javascript|vbscript|data|file):")
_NOT_A_LANGUAGE: Final = re.compile(r"[^\w+#.-]")
_BREAK: Final = "\0"


@dataclass
class _Blocks:
    """Finished blocks, and the line of text being written."""

    done: list[str] = field(default_factory=list[str])
    line: list[str] = field(default_factory=list[str])

    def add_text(self, text: str) -> None:
        if text:
            self.line.append(text)

    def add_block(self, text: str) -> None:
        self.end_line()
        if text.strip():
            self.done.append(text)

    def end_line(self) -> None:
        text = _paragraph("".join(self.line))
        self.line.clear()
        if text:
            self.done.append(text)

    def ended(self) -> list[str]:
        self.end_line()
        return self.done


def to_markdown(root: LexborNode) -> str:
    return "\n\n".join(_blocks(root, 0))


def _blocks(parent: LexborNode, depth: int) -> list[str]:
    if depth > _DEEPEST:
        return [_escaped(plain_text(parent))]
    blocks = _Blocks()
    for node in parent.iter(include_text=True):
        tag = node.tag or ""
        if tag in UNSEEN:
            continue
        if tag in _CONTAINERS or (tag not in _BLOCK_WRITERS and _holds_blocks(node)):
            blocks.end_line()
            blocks.done.extend(_blocks(node, depth + 1))
        elif tag in _BLOCK_WRITERS:
            blocks.add_block(_block(node, depth + 1))
        else:
            blocks.add_text(_inline(node, depth + 1))
    return blocks.ended()


_BLOCK_WRITERS: Final = frozenset({"p", "ul", "ol", "pre", "blockquote", "hr", "table", *_HEADINGS})
_INSIDE_INLINE: Final = ",".join(sorted(_BLOCK_WRITERS | {"div", "section", "article"}))


def _holds_blocks(node: LexborNode) -> bool:
    """A link or a mark around blocks; it gives way to them."""
    return node.is_element_node and node.css_first(_INSIDE_INLINE) is not None


def _block(node: LexborNode, depth: int) -> str:
    match node.tag:
        case "hr":
            return "---"
        case "pre":
            return _fenced(node)
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node, depth)).split("\n"))
        case "ul" | "ol":
            return _list(node, depth)
        case "table":
            return _table(node, depth)
        case tag if tag in _HEADINGS:
            text = _paragraph(_inlines(node, depth)).replace("\\\n", " ").replace("\n", " ")
            return f"{'#' * _HEADINGS[tag]} {text}" if text else ""
        case _:
            return "\n\n".join(_blocks(node, depth))


def _fenced(node: LexborNode) -> str:
    code = node.css_first("code")
    language = next(
        (name.removeprefix("language-") for name in _attribute(code, "class").split() if name.startswith("language-")),
        "",
    )
    text = node.text().removesuffix("\n")
    fence = "`" * max(3, *(len(run) + 1 for run in _BACKTICKS.findall(text)), 3)
    return f"{fence}{_NOT_A_LANGUAGE.sub('', language)}\n{text}\n{fence}"


def _list(node: LexborNode, depth: int) -> str:
    ordered = node.tag == "ol"
    start = _attribute(node, "start")
    number = int(start) if start.isascii() and start.isdigit() and len(start) <= 8 else 1
    entries: list[str] = []
    for child in node.iter():
        inner = _blocks(child, depth) if child.tag == "li" else _blocks_of_stray(child, depth)
        if child.tag in UNSEEN or (child.tag != "li" and not inner):
            continue
        mark = f"{number + len(entries)}. " if ordered else "- "
        tight = all(block.lstrip().startswith(("- ", "1. ")) for block in inner[1:])
        text = ("\n" if tight else "\n\n").join(inner)
        entries.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(re.sub(r"(?m)^ +$", "", entry).rstrip() for entry in entries)


def _blocks_of_stray(node: LexborNode, depth: int) -> list[str]:
    """What stands in a list without being an entry, such as a list put straight into a list."""
    if node.tag in UNSEEN:
        return []
    return [_block(node, depth)] if node.tag in _BLOCK_WRITERS else _blocks(node, depth)


def _table(node: LexborNode, depth: int) -> str:
    rows = [
        [_cell(cell, depth) for cell in row.iter() if cell.tag in ("td", "th")]
        for row in node.css("tr")
        if _nearest_table(row) == node
    ]
    rows = [row for row in rows if row]
    if not rows:
        return ""
    width = max(map(len, rows))
    heading = [*rows[0], *[""] * (width - len(rows[0]))]
    lines = [f"| {' | '.join(row)} |" for row in [heading, *rows[1:]]]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _nearest_table(row: LexborNode) -> LexborNode | None:
    parent = row.parent
    while parent is not None and parent.tag != "table":
        parent = parent.parent
    return parent


def _cell(cell: LexborNode, depth: int) -> str:
    if _holds_blocks(cell):
        return _escaped(" ".join(plain_text(cell).split()))
    return _paragraph(_inlines(cell, depth)).replace("\\\n", " ").replace("\n", " ")


def _inlines(parent: LexborNode, depth: int) -> str:
    return "".join(_inline(node, depth) for node in parent.iter(include_text=True) if node.tag not in UNSEEN)


def _inline(node: LexborNode, depth: int) -> str:
    if depth > _DEEPEST:
        return _escaped(plain_text(node))
    match node.tag:
        case "-text":
            return _escaped(node.text_content or "")
        case "br":
            return _BREAK
        case "code" | "kbd" | "samp" | "tt":
            return _code(single_spaces(node.text(), after=""))
        case "img":
            return _image(node)
        case "a":
            return _link(node, depth)
        case str() as tag if tag in _MARKS:
            return _marked(_inlines(node, depth + 1), _MARKS[tag])
        case _:
            return _inlines(node, depth + 1) if node.is_element_node else ""


def _marked(text: str, mark: str) -> str:
    """A mark hugs its text: spaces go outside."""
    inner = text.strip(" \t\n" + _BREAK)
    if not inner:
        return text
    before, after = text[: text.index(inner[0])], text[len(text.rstrip(" \t\n" + _BREAK)) :]
    return f"{before}{mark}{inner}{mark}{after}"


def _code(text: str) -> str:
    if not text.strip():
        return ""
    runs = [len(run) for run in _BACKTICKS.findall(text)]
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _link(node: LexborNode, depth: int) -> str:
    text = _inlines(node, depth + 1)
    address = _address(_attribute(node, "href"))
    if not address or not text.strip(" \t\n" + _BREAK):
        return text
    return f"[{_paragraph(text).replace(chr(10), ' ')}]({address})"


def _image(node: LexborNode) -> str:
    address = _address(_attribute(node, "src"))
    alt = _escaped(" ".join(_attribute(node, "alt").split()))
    return f"![{alt}]({address})" if address else alt


def _address(text: str) -> str:
    """Empty for what a browser would run or read from the disk."""
    bare = "".join(character for character in text.strip() if character > " ")
    if _SCHEME.match(bare):
        return ""
    return bare.translate({ord("("): "%28", ord(")"): "%29", ord("<"): "%3C", ord(">"): "%3E", ord("\\"): "%5C"})


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "") if node is not None else ""


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", re.sub(r"[\s\0]+", " ", text))


def _paragraph(text: str) -> str:
    lines = [_SPACES.sub(" ", line).strip() for line in text.split(_BREAK)]
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    first = next((position for position, line in enumerate(lines) if line), 0)
    return _LINE_START.sub(_escape_start, "\\\n".join(lines[first:]))


def _escape_start(match: re.Match[str]) -> str:
    space, mark, number, dot = match.groups()
    return f"{space}\\{mark}" if mark else f"{space}{number}\\{dot}"
