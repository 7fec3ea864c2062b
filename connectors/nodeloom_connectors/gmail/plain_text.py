"""HTML as plain text: for readers that show no HTML, and for mails that come without a text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from typing_extensions import override

_HIDDEN = frozenset({"head", "script", "style", "template", "title"})
_LINES = frozenset(
    {"address", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
     "pre", "section", "table", "tr", "ul"}
)  # fmt: skip


def plain_text(html: str) -> str:
    """The words in their order, one line for each block, links with their address behind."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0
        self._link = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _LINES:
            self.words.append("\n")
        if tag == "a":
            self._link = next((text for name, text in attrs if name == "href" and text), "")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        if tag in _LINES:
            self.words.append("\n")
        if tag == "a" and self._link.startswith(("https:", "http:")):
            if not "".join(self.words).endswith(self._link):
                self.words.append(f" ({self._link})")
            self._link = ""

    @override
    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(re.sub(r"\s+", " ", data))
