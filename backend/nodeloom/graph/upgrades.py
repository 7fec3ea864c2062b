"""Numbered upgrades of the graph document: `UPGRADES[n]` turns a document of format n into one of format n + 1."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from nodeloom.graph.json_value import JsonValue
from nodeloom.graph.problem import GraphInvalid, Problem

Document: TypeAlias = dict[str, JsonValue]
Upgrade: TypeAlias = Callable[[Document], Document]

CURRENT_FORMAT = 1
UPGRADES: Mapping[int, Upgrade] = {}


def upgrade(document: Document, upgrades: Mapping[int, Upgrade] = UPGRADES, current: int = CURRENT_FORMAT) -> Document:
    """The document in the current format; one without a `format` is taken as format 1."""
    found = document.get("format", 1)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= current:
        raise GraphInvalid([_unknown_format(found, current)])
    for number in range(found, current):
        document = upgrades[number](document) | {"format": number + 1}
    return document


def _unknown_format(found: JsonValue, current: int) -> Problem:
    newer = isinstance(found, int) and found > current
    return Problem(
        severity="error",
        code="unknown_format",
        message=f"This workflow is in a newer format ({found}) than this version of Nodeloom reads ({current})."
        if newer
        else "The workflow's format is not a number that Nodeloom knows.",
        hint="Update Nodeloom, then open the workflow again." if newer else f'Set "format" to {current}.',
        field="format",
    )
