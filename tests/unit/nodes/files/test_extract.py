"""What is the same for every format: which file, which format, how much of it."""

import pytest
from pydantic import ValidationError

from nodeloom.graph.item import Item
from nodeloom.nodes.files.extract import EXTRACT_FILE, ExtractParams, file_of
from nodeloom.nodes.files.media_types import format_of
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.archives import archive
from tests.unit.nodes.files.kept import Kept


def test_the_file_is_the_named_or_the_only_one(kept: Kept) -> None:
    one, two = kept.file(b"1"), kept.file(b"2")
    both = Item({}, {"one": one, "two": two})
    assert file_of(both, "two") == two
    assert file_of(Item({}, {"one": one}), "") == one
    for item, name, says in (
        (both, "", "several files"),
        (both, "three", "no file “three”"),
        (Item({}), "", "no file"),
    ):
        with pytest.raises(NodeFailed, match=says) as refused:
            file_of(item, name)
        assert refused.value.code == "no_such_file"


@pytest.mark.parametrize(
    ("name", "media_type", "start", "format_"),
    [
        ("a.csv", "", b"", "csv"),
        ("report", "text/csv; charset=utf-8", b"", "csv"),
        ("a.TSV", "", b"", "csv"),
        ("invoice.txt", "", b"%PDF-1.7", "pdf"),
        ("a.xlsx", "", b"PK\x03\x04", "xlsx"),
        ("a.csv", "", archive(a=b""), "zip"),
        ("export", "", archive(**{"[Content_Types].xml": b""}), "xlsx"),
        ("feed", "", b'<?xml version="1.0"?>', "xml"),
        ("page", "", b"\n<!DOCTYPE html>", "html"),
        ("x", "", b"BEGIN:VCALENDAR", "ics"),
        ("x", "application/octet-stream", b' {"a": 1}', "json"),
        ("x", "", b"just text", "text"),
        ("x.bin", "", b"\x00\x01", None),
    ],
)
def test_the_format_is_found(name: str, media_type: str, start: bytes, format_: str | None) -> None:
    assert format_of(name, media_type, start) == format_


def test_a_file_of_no_known_kind_says_what_to_do(kept: Kept) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(bytes(100), "blob.bin")
    assert (refused.value.code, refused.value.hint) == ("unknown_format", "Choose the format.")


def test_a_part_of_the_records_beside_the_items_own_fields(kept: Kept) -> None:
    content = b"n\n" + b"".join(b"%d\n" % number for number in range(10))
    assert kept.extract(content, "a.csv", skip=2, limit=2, keep_fields=True) == [
        {"order": 7, "n": "2"},
        {"order": 7, "n": "3"},
    ]


def test_more_than_a_node_may_give_is_refused_with_a_way_out(kept: Kept) -> None:
    with pytest.raises(NodeFailed, match="more than 100,000 items") as refused:
        kept.extract(b"n\n" + b"1\n" * 100_001, "a.csv")
    assert (refused.value.code, "At most" in refused.value.hint) == ("too_large", True)


def test_where_no_other_process_was_wired_in_workbooks_are_refused() -> None:
    assert EXTRACT_FILE.run is not None
    with pytest.raises(ValidationError):
        ExtractParams.model_validate({"format": "doc"})
