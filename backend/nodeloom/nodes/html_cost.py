"""How much work an HTML text would be to parse, told without parsing it.

A tree builder looks through its open elements at every tag, and repeats unclosed formatting in every block: deep or
unclosed tags make its work grow with the square of the text. Here open elements are counted from the tags alone,
never too few: every opening tag counts wherever it stands, and a closing tag only where it must be one that is obeyed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MOST_STEPS: Final = 40_000_000
MOST_FORMATTED: Final = 1_000_000

_TOKEN: Final = re.compile(r"<!--|<!\[CDATA\[|<(/?)([a-zA-Z][^\t\n\f\r />\0<]*)")
_REST_OF_TAG: Final = re.compile(
    r"(?:[\t\n\f\r /]*+[^\t\n\f\r />][^\t\n\f\r />=]*+"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)?+)?+)*+"
    r"([\t\n\f\r /]*+)>?"
)


def tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID: Final = tags("area base br col embed hr img input link meta param source track wbr")
# Their next one closes them, so they nest only together with others, which count.
_CLOSED_BY_THE_NEXT: Final = tags("p li option tr td th tbody thead tfoot colgroup html head body")
_FORMATTING: Final = tags("a b big code em font i nobr s small strike strong tt u")
_FOREIGN: Final = frozenset({"svg", "math"})
_SVG: Final = tags(
    "svg g path rect circle line polygon polyline ellipse use defs symbol stop lineargradient radialgradient"
    " clippath mask pattern filter text tspan marker image animate"
)
# In a tag; tags that seem to stand in others' attributes are looked through again and again.
_STEPS_OF_A_CHARACTER: Final = 4


@dataclass
class _Open:
    names: list[str] = field(default_factory=list[str])
    formatting: int = 0
    foreign: int = 0
    # Between an <svg> that surely is one and the first tag of another kind.
    in_svg: bool = False

    def push(self, name: str, *, closes_itself: bool, certain: bool) -> None:
        if name in _FOREIGN and certain and not closes_itself:
            self.in_svg = name == "svg"
        elif name not in _SVG:
            self.in_svg = False
        if closes_itself and (self.in_svg or (name in _FOREIGN and certain)):
            return
        if not self.foreign and name in (_VOID | _CLOSED_BY_THE_NEXT):
            return
        self.names.append(name)
        self.formatting += name in _FORMATTING
        self.foreign += name in _FOREIGN

    def close(self, name: str) -> None:
        if name not in _SVG:
            self.in_svg = False
        if self.names and self.names[-1] == name:
            self.names.pop()
            self.formatting -= name in _FORMATTING
            self.foreign -= name in _FOREIGN


def too_costly(html: str) -> bool:
    steps = formatted = 0
    for open_, characters in _tags(html):
        steps += len(open_.names) + characters * _STEPS_OF_A_CHARACTER
        formatted += open_.formatting
        if steps > MOST_STEPS or formatted > MOST_FORMATTED:
            return True
    return False


def open_elements(html: str) -> Iterator[int]:
    """How many elements are open, at most, after each tag."""
    yield 0
    yield from (len(open_.names) for open_, _ in _tags(html))


def _tags(html: str) -> Iterator[tuple[_Open, int]]:
    """What is open after each tag, and how many characters of attributes it has."""
    open_ = _Open()
    certain_from = comment_end = 0
    for token in _TOKEN.finditer(html):
        slash, name = token.groups()
        certain = token.start() >= certain_from
        if name is None:
            if token.start() >= comment_end:
                comment_end = _end_of_comment(html, token)
                certain_from = max(certain_from, comment_end)
        elif slash:
            if certain:
                open_.close(name.lower())
            yield open_, 0
        else:
            rest = _REST_OF_TAG.match(html, token.end())
            assert rest is not None
            open_.push(name.lower(), closes_itself=rest[1].endswith("/"), certain=certain)
            certain_from = max(certain_from, rest.end())
            yield open_, rest.end() - token.end()


def _end_of_comment(html: str, token: re.Match[str]) -> int:
    found = html.find("-->" if token[0] == "<!--" else "]]>", token.start() + 2)
    return len(html) if found < 0 else found + 3
