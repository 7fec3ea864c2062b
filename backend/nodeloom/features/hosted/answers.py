"""What a run says, as a page shows it to a stranger: a text, files, another address. Never why it failed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from nodeloom.features.runs.answers import RunAnswer
from nodeloom.features.runs.payloads import shown
from nodeloom.features.triggers.replies import StoredFile

_SPEAKING: Final = ("text", "answer", "message", "output")
_HTTPS: Final = re.compile(r"https://[^\s\"<>\\\x00-\x1f]+")
_MOST_FILES: Final = 20


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    files: tuple[StoredFile, ...] = ()
    redirect_to: str | None = None
    failed: bool = False


def said(answer: RunAnswer) -> Said:
    """A Respond node that ran has the word; else the last of the end nodes' items."""
    if answer.respond is not None:
        return _responded(answer.respond)
    if answer.status != "succeeded":
        return Said("", failed=True)
    if not answer.items:
        return Said("")
    last = answer.items[-1]
    files = tuple(stored(file) for file in list(last.get("files", {}).values())[:_MOST_FILES])
    return Said(_text(last["json"], silent=bool(files)), files)


def stored(reference: Mapping[str, Any]) -> StoredFile:
    return StoredFile(reference["id"], reference["name"], reference["media_type"], reference["size"])


def _responded(respond: Mapping[str, Any]) -> Said:
    if file := respond.get("file"):
        return Said("", (stored(file),))
    headers = {str(name).lower(): str(value) for name, value in respond["headers"].items()}
    location = headers.get("location", "")
    if 300 <= respond["status"] < 400 and _HTTPS.fullmatch(location):
        return Said("", redirect_to=location)
    return Said(_text(respond.get("body")))


def _text(value: Any, *, silent: bool = False) -> str:
    """The field that speaks, or the only text there is, or all of it as JSON; nothing if `silent` and none speaks."""
    value = shown(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        for name in _SPEAKING:
            if isinstance(text := fields.get(name), str):
                return text
        values: Sequence[Any] = list(fields.values())
        if len(values) == 1 and isinstance(values[0], str):
            return values[0]
        if silent or not fields:
            return ""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
