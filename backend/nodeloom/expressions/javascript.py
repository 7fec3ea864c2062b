"""Just enough of JavaScript's lexical grammar to find where an expression ends and what it reads."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["name", "number", "string", "template", "regex", "punctuation"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | //(?:(?!\}\})[^\n])* | /\*.*?\*/)
  | (?P<name>(?:[^\W\d]|\$)[\w$]*)
  | (?P<number>(?:\d|\.\d)[\w.]*)
  | (?P<string>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
  | (?P<punctuation>\?\.(?!\d) | \?\?=? | =>? =? =? | \.\.\. | \|\|=? | &&=? | !=?=? | [^"'`])
    """,
    re.VERBOSE | re.DOTALL,
)
_TEMPLATE_PART = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?P<end>`|\$\{)", re.DOTALL)
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/\w*")
_BEFORE_A_VALUE = frozenset(
    ["return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else"]
)


LONGEST: Final = 100_000
"""Characters that an expression may have; what is longer belongs into a code node."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of an expression and where it ends: at its `}}` (or the end of the text)."""

    tokens: tuple[Token, ...]
    end: int


def lex_expression(text: str, start: int = 0) -> Lexed | None:
    """Tokens up to the `}}` that closes the expression, or to the end of the text; None: no tokens, or too many.

    Braces inside strings, template literals, regular expressions and object literals don't close it. A line comment
    ends at `}}` too, so that one at the end of a one-line field doesn't swallow what follows.
    """
    tokens: list[Token] = []
    open_braces: list[str] = []
    position = start
    while position < len(text):
        if text.startswith("}}", position) and not open_braces:
            break
        if text[position] == "}" and open_braces and open_braces[-1] == "`":
            open_braces.pop()
            token = _template_part(text, position, open_braces)
        else:
            token = _next_token(text, position, tokens, open_braces)
        if token is None or position - start > LONGEST:
            return None
        position += len(token.text)
        if not (token.kind == "punctuation" and token.text.isspace()):
            tokens.append(token)
    return None if open_braces else Lexed(tuple(tokens), position)


def _next_token(text: str, position: int, tokens: list[Token], open_braces: list[str]) -> Token | None:
    char = text[position]
    if char == "`":
        return _template_part(text, position, open_braces)
    match = _REGEX.match(text, position) if char == "/" and _value_may_follow(tokens) else None
    if match is not None:
        return Token("regex", match.group(), position)
    match = _TOKEN.match(text, position)
    if match is None:
        return None
    if char == "{":
        open_braces.append("{")
    elif char == "}" and open_braces:
        open_braces.pop()
    if match.lastgroup == "space":
        return _space(match.group(), position)
    return Token(_kind(match.lastgroup), match.group(), position)


def _space(text: str, position: int) -> Token:
    # A comment counts as blank of the same length: only its extent matters.
    return Token("punctuation", " " * len(text), position)


def _kind(group: str | None) -> Kind:
    match group:
        case "name" | "number" | "string":
            return group
        case _:
            return "punctuation"


def _template_part(text: str, position: int, open_braces: list[str]) -> Token | None:
    """A piece of a template literal: from a backtick or a closing `}` to `${` or the final backtick."""
    match = _TEMPLATE_PART.match(text, position + 1)
    if match is None:
        return None
    if match.group("end") == "${":
        open_braces.append("`")
    return Token("template", text[position : match.end()], position)


def _value_may_follow(tokens: list[Token]) -> bool:
    """Whether a slash here begins a regular expression rather than divides."""
    if not tokens:
        return True
    last = tokens[-1]
    match last.kind:
        case "punctuation":
            return last.text not in (")", "]", "}")
        case "name":
            return last.text in _BEFORE_A_VALUE
        case "template":
            return last.text.endswith("${")
        case _:
            return False


def string_value(token: Token) -> str | None:
    """What a string literal (or a template literal without substitutions) says; None for anything else."""
    if token.kind == "string" or (token.kind == "template" and token.text[0] == token.text[-1] == "`"):
        return well_formed(_unescape(token.text[1:-1]))
    return None


def well_formed(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates, which UTF-8 can't carry, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2) or match.group(3)
    if digits is None:
        char = match.group(4)
        return _SINGLE.get(char, char)
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
