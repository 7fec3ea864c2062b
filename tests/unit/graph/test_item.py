import pytest

from nodeloom.graph.item import ArtifactRef, Item, ItemInvalid, item_from_document, item_to_document
from nodeloom.graph.json_value import JsonValue


def test_an_item_survives_the_round_trip() -> None:
    item = Item({"a": [1]}, {"bill": ArtifactRef("art_1", "bill.pdf", "application/pdf", 12)}, (("in", 0), ("in", 3)))
    assert item_from_document(item_to_document(item)) == item


def test_empty_parts_are_not_written() -> None:
    assert item_to_document(Item({"a": 1})) == {"json": {"a": 1}}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"json": 3},
        {"json": {}, "binary": {}},
        {"json": {}, "files": [1]},
        {"json": {}, "files": {"a": {"id": "art_1"}}},
        {"json": {}, "origin": "in"},
        {"json": {}, "origin": [["in"]]},
    ],
)
def test_what_is_no_item_is_refused(document: dict[str, JsonValue]) -> None:
    with pytest.raises(ItemInvalid):
        item_from_document(document)
