"""What every installed node type shows to a person."""

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from nodeloom.features.catalog.catalog import load_catalog
from nodeloom.features.catalog.palette import node_types
from nodeloom.features.catalog.schemas import NodeTypeRead
from tests.architecture.source import ROOT

TYPES = node_types(load_catalog()).items
ICONS = ROOT / "node_modules" / "lucide-react" / "dist" / "esm" / "icons"

every_type = pytest.mark.parametrize("node_type", TYPES, ids=[node_type.type for node_type in TYPES])


def fields(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a form by its path, those of inner forms and lists too."""
    for name, field in cast("dict[str, dict[str, Any]]", schema.get("properties", {})).items():
        yield f"{place}{name}", field
        yield from fields(field, f"{place}{name}.")
    for inner in (*schema.get("anyOf", ()), schema.get("items")):
        if isinstance(inner, dict):
            yield from fields(cast("dict[str, Any]", inner), place)


@every_type
def test_the_palette_shows_it(node_type: NodeTypeRead) -> None:
    assert node_type.title
    assert node_type.description.endswith(".")
    assert node_type.group
    assert node_type.icon


@every_type
def test_every_param_has_a_title(node_type: NodeTypeRead) -> None:
    assert [place for place, field in fields(node_type.params_schema) if not field.get("title")] == []


@every_type
def test_no_param_takes_a_secret(node_type: NodeTypeRead) -> None:
    """Secrets stand in connections; what a graph holds is exported, versioned and shown."""
    taking = [
        place
        for place, field in fields(node_type.params_schema)
        if field.get("writeOnly") or field.get("format") == "password"
    ]
    assert taking == []


@every_type
@pytest.mark.skipif(not ICONS.is_dir(), reason="needs `npm ci`")
def test_its_icon_exists(node_type: NodeTypeRead) -> None:
    assert list(ICONS.glob(f"{node_type.icon}.*")), f"Lucide has no icon {node_type.icon}"


@every_type
def test_the_front_end_draws_its_icon(node_type: NodeTypeRead) -> None:
    """An icon that the front end doesn't bring is a letter on the canvas."""
    drawn = (ROOT / "frontend/src/shared/ui/node-mark.tsx").read_text()
    assert re.search(rf'^  "?{re.escape(node_type.icon)}"?: [A-Z]', drawn, re.MULTILINE), node_type.icon
