"""Items as files, and back."""

import io
import zipfile

import pytest

from nodeloom.graph.item import Item
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.kept import Kept
from tests.unit.nodes.running import Json

ORDER: Json = {"id": 7, "who": {"name": 'Käse & Co; "Ltd"'}, "note": None, "paid": True}


def test_csv(kept: Kept) -> None:
    assert kept.convert("csv", ORDER, {"id": 8.5, "more": [1]}).decode() == (
        "id,who,note,paid,more\r\n"
        '7,"{""name"": ""Käse & Co; \\""Ltd\\""""}",,true,\r\n'
        "8.5,,,,[1]\r\n"
    )  # fmt: skip
    semicolons = kept.convert("csv", ORDER, columns=["who.name", "id"], delimiter=";", mark=True, header=False)
    assert semicolons == '\ufeff"Käse & Co; ""Ltd""";7\r\n'.encode()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+49 170 1234567", "+49 170 1234567"),
        ("-5,30", "-5,30"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("\t=1+1", "'\t=1+1"),
        (-5, "-5"),
    ],
)
def test_what_a_spreadsheet_would_run_is_disarmed(kept: Kept, value: str | int, cell: str) -> None:
    assert kept.convert("csv", {"a": value}, header=False, delimiter="|").decode() == f"{cell}\r\n".replace(
        cell, f'"{cell}"' if "|" in cell else cell
    )
    assert kept.convert("csv", {"a": value}, header=False, delimiter="\t", escape_formulas=False).decode().strip(
        '"\r\n'
    ) == str(value)


def test_a_workbook_comes_back_as_it_was_and_no_text_is_a_formula(kept: Kept) -> None:
    rows: list[Json] = [
        {"a": "=1+1", "b": 1.5, "c": True, "d": None, "e": 12345678901234567890, "f": "bell\x07", "g": "2026-05-31"},
        {"a": "x", "b": 2, "c": False, "d": "y", "e": 1, "f": "z", "g": "w"},
    ]
    content = kept.convert("xlsx", *rows, title="May: orders")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    back = kept.extract(content, "x.xlsx", sheet="May  orders")
    assert back == [{**rows[0], "e": "12345678901234567890", "f": "bell"}, rows[1]]


def test_a_cell_that_excel_could_not_hold(kept: Kept) -> None:
    with pytest.raises(NodeFailed, match="“a” of item 2 has 32,768 characters"):
        kept.convert("xlsx", {"a": "x"}, {"a": "x" * 32_768})


@pytest.mark.parametrize("format_", ["json", "jsonl", "xml"])
def test_what_is_written_can_be_read_again(kept: Kept, format_: str) -> None:
    content = kept.convert(format_, {"id": "7", "name": "a<b"}, {"id": "8", "name": "😀"})
    path = "items.item" if format_ == "xml" else ""
    assert [row["id"] for row in kept.extract(content, f"x.{format_}", records=path)] == ["7", "8"]


def test_html_is_escaped(kept: Kept) -> None:
    page = kept.convert("html", {"<b>": "<script>alert(1)</script>"}, title="</title>").decode()
    assert "<script>" not in page
    assert "<th>&lt;b&gt;</th>" in page


def test_a_calendar(kept: Kept) -> None:
    meeting: Json = {
        "summary": "Review, and a title that is longer than a line of a calendar may be, to be folded",
        "start": "2026-06-01T09:00:00+02:00",
        "end": "2026-06-01T10:00:00+02:00",
        "recurrence": "FREQ=WEEKLY;COUNT=3",
        "uid": "7@x",
    }
    content = kept.convert("ics", meeting, {"summary": "Day", "start": "2026-06-02", "all_day": True}, title="Team")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    first, second = kept.extract(content, "x.ics")
    assert (first["summary"], first["start"], first["uid"]) == (meeting["summary"], "2026-06-01T07:00:00+00:00", "7@x")
    assert (second["start"], second["all_day"]) == ("2026-06-02", True)
    with pytest.raises(NodeFailed, match="Item 1 has no “start”"):
        kept.convert("ics", {"summary": "x"})
    with pytest.raises(NodeFailed, match="is no time"):
        kept.convert("ics", {"start": "tomorrow"})


def test_text_one_below_the_other(kept: Kept) -> None:
    assert kept.convert("text", {"text": "a"}, {"text": "b\n"}, {"text": 3}) == b"a\nb\n3"
    with pytest.raises(NodeFailed, match="Item 2 has no field “text”"):
        kept.convert("text", {"text": "a"}, {})


def test_a_zip_of_the_items_files(kept: Kept) -> None:
    one, two = kept.file(b"1" * 300_000, "a/b.txt"), kept.file(b"2", "a_b.txt")
    content = kept.convert("zip", files=[{"x": one}, {"x": two, "y": two}])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a_b.txt", "a_b (2).txt", "a_b (3).txt"]
        assert archive.read("a_b.txt") == b"1" * 300_000
    with pytest.raises(NodeFailed, match="no files to pack"):
        kept.convert("zip", {"a": 1})


def test_one_file_of_all_comes_from_all_and_says_what_it_is(kept: Kept) -> None:
    (item,) = kept.converted({"format": "csv", "name": "../May/orders.csv"}, [Item({"n": 1}), Item({"n": 2})])
    assert item.json == {"name": ".._May_orders.csv", "size": 9, "items": 2}
    assert item.origin == (("in", 0), ("in", 1))
    assert item.files["data"].media_type == "text/csv; charset=utf-8"


def test_a_file_for_each_item_stands_beside_what_it_has(kept: Kept) -> None:
    photo = kept.file(b"png", "photo.png")
    (item,) = kept.converted({"format": "json", "mode": "each", "into": "copy"}, Item({"n": 1}, {"photo": photo}))
    assert (item.json, set(item.files), item.files["copy"].name) == ({"n": 1}, {"photo", "copy"}, "items.json")
