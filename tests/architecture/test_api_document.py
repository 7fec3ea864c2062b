"""The OpenAPI document as the generated client reads it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.architecture.source import text

DOCUMENT: dict[str, Any] = json.loads(text(Path("openapi.json")))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
METHODS = {"get", "post", "put", "patch", "delete"}

# RFC 9457 members that a problem has only where they help.
MAY_BE_ABSENT = {"Problem": {"problems"}}

OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in METHODS
]
every_operation = pytest.mark.parametrize(
    "operation", [operation for _, operation in OPERATIONS], ids=[name for name, _ in OPERATIONS]
)


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, inner in cast("dict[str, object]", part).items():
            if name == "$ref":
                yield str(inner).rpartition("/")[2]
            yield from references(inner)
    elif isinstance(part, list):
        for inner in cast("list[object]", part):
            yield from references(inner)


def given() -> set[str]:
    """The schemas that answers are made of, inner ones too."""
    found: set[str] = set()
    coming = {name for _, operation in OPERATIONS for name in references(operation["responses"])}
    while coming:
        found |= coming
        coming = {inner for name in coming for inner in references(SCHEMAS[name])} - found
    return found


@pytest.mark.parametrize("name", sorted(given()))
def test_what_is_given_is_always_there(name: str) -> None:
    """A field with a default becomes optional in the client, and every reader has to ask whether it is there."""
    schema = SCHEMAS[name]
    missing = set(schema.get("properties", {})) - set(schema.get("required", ()))
    assert missing <= MAY_BE_ABSENT.get(name, set())


@every_operation
def test_an_operation_introduces_itself(operation: dict[str, Any]) -> None:
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["tags"]


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(names) == len(set(names))


@every_operation
def test_errors_are_problem_documents(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if re.match(r"[45]", status) and "$ref" not in response:
            assert set(response.get("content", {})) <= {"application/problem+json", "application/json"}
