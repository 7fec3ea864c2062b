import pytest

from nodeloom.graph.problem import GraphInvalid
from nodeloom.graph.upgrades import CURRENT_FORMAT, UPGRADES, Document, upgrade


def rename_steps(document: Document) -> Document:
    return {"nodes": document["steps"]}


def count_nodes(document: Document) -> Document:
    nodes = document["nodes"]
    return {**document, "count": len(nodes) if isinstance(nodes, list) else 0}


TABLE = {1: rename_steps, 2: count_nodes}


def test_an_old_document_passes_through_every_upgrade_in_turn() -> None:
    assert upgrade({"format": 1, "steps": ["a"]}, TABLE, current=3) == {"format": 3, "nodes": ["a"], "count": 1}


def test_a_document_without_a_format_is_the_first() -> None:
    assert upgrade({"steps": []}, TABLE, current=2) == {"format": 2, "nodes": []}


def test_a_current_document_is_left_alone() -> None:
    assert upgrade({"format": 3, "nodes": []}, TABLE, current=3) == {"format": 3, "nodes": []}


@pytest.mark.parametrize("found", [4, 0, -1, "1", True, None, 1.5])
def test_a_format_that_is_not_known_is_refused(found: int | str | bool | float | None) -> None:
    with pytest.raises(GraphInvalid) as refused:
        upgrade({"format": found}, TABLE, current=3)
    assert refused.value.problems[0].code == "unknown_format"


def test_there_is_an_upgrade_for_every_older_format() -> None:
    assert set(UPGRADES) == set(range(1, CURRENT_FORMAT))
