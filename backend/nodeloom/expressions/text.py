"""Split a text into what stands as it is and the expressions between `{{` and `}}`."""

from dataclasses import dataclass

from nodeloom.expressions.javascript import lex_expression


@dataclass(frozen=True, slots=True)
class Code:
    """The source between the braces; `closed` is false if the text ends before `}}`."""

    source: str
    closed: bool = True


def split(text: str) -> list[str | Code]:
    """The parts in order; a text without `{{` is one part."""
    parts: list[str | Code] = []
    position = 0
    while (start := text.find("{{", position)) >= 0:
        if start > position:
            parts.append(text[position:start])
        end = _end_of_code(text, start + 2)
        if end is None:
            parts.append(Code(text[start + 2 :], closed=False))
            return parts
        parts.append(Code(text[start + 2 : end]))
        position = end + 2
    if position < len(text) or not parts:
        parts.append(text[position:])
    return parts


def _end_of_code(text: str, start: int) -> int | None:
    lexed = lex_expression(text, start)
    if lexed is not None and text.startswith("}}", lexed.end):
        return lexed.end
    # Not JavaScript: the first `}}` bounds the damage, and the parser will say what is wrong.
    end = text.find("}}", start)
    return end if end >= 0 else None
