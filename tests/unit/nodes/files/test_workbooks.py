"""Excel workbooks, read in a process of their own."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest

from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.archives import claiming
from tests.unit.nodes.files.kept import Kept

openpyxl_any: Any = openpyxl


def workbook(**sheets: list[list[Any]]) -> bytes:
    book: Any = openpyxl_any.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title == "merged":
            sheet.merge_cells("A2:A3")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with another text in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == part:
                assert old.encode() in data, data
                data = data.replace(old.encode(), new.encode())
            after.writestr(entry.filename, data)
    return file.getvalue()


def test_rows_with_times_formulas_and_empty_cells(kept: Kept) -> None:
    content = workbook(
        Orders=[
            ["Report of May", None, None, None, None, None],
            ["id", "day", "at", "clock", "sum", None],
            [7, date(2026, 5, 31), datetime.fromisoformat("2026-05-31T13:30"), time(9, 15), "=A3*2", None],
            [None, None, None, None, None, None],
            [8.5, None, datetime.fromisoformat("2026-05-31T00:00:07"), None, True, "beyond"],
        ]
    )
    content = changed(content, "xl/worksheets/sheet1.xml", "<f>A3*2</f><v />", "<f>A3*2</f><v>14</v>")
    first, second = kept.extract(content, "orders.xlsx", header_row=2)
    assert first == {"id": 7, "day": "2026-05-31", "at": "2026-05-31T13:30:00", "clock": "09:15:00", "sum": 14}
    assert second == {
        "id": 8.5, "day": None, "at": "2026-05-31T00:00:07", "clock": None, "sum": True, "column_6": "beyond",
    }  # fmt: skip


def test_sheets_by_name_and_number_and_merged_cells(kept: Kept) -> None:
    content = workbook(first=[["a"], [1]], merged=[["shop", "n"], ["A", 1], ["gone", 2]])
    assert kept.extract(content, "x.xlsx", sheet="2") == [{"shop": "A", "n": 1}, {"shop": None, "n": 2}]
    assert kept.extract(content, "x.xlsx", sheet="first") == [{"a": 1}]
    with pytest.raises(NodeFailed, match="no sheet “third”") as refused:
        kept.extract(content, "x.xlsx", sheet="third")
    assert refused.value.hint == "There are: first, merged."


def test_a_wrong_size_in_the_sheet_hides_nothing(kept: Kept) -> None:
    content = changed(workbook(a=[["n"], [1], [2]]), "xl/worksheets/sheet1.xml", 'ref="A1:A3"', 'ref="A1"')
    assert kept.extract(content, "x.xlsx") == [{"n": 1}, {"n": 2}]


def test_a_duration_is_in_seconds(kept: Kept) -> None:
    assert kept.extract(workbook(a=[["t"], [timedelta(hours=30)]]), "x.xlsx") == [{"t": 108_000.0}]


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "not_xlsx", "password"),
        (b"PK\x03\x04 no archive", "not_xlsx", "no Excel workbook"),
        (workbook(a=[[1]])[:-50], "not_xlsx", "part of it is missing"),
        (changed(workbook(a=[["x"]]), "xl/worksheets/sheet1.xml", "</sheetData>", ""), "not_xlsx", "Sheet “a”"),
    ],
    ids=["old or encrypted", "no archive", "truncated", "broken sheet"],
)
def test_what_is_no_workbook(kept: Kept, content: bytes, code: str, says: str) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(content, "x.xlsx", format="xlsx")
    assert refused.value.code == code
    assert says in refused.value.message
    assert refused.value.hint


def test_entities_in_a_sheet_grow_to_nothing(kept: Kept) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    content = changed(workbook(a=[["name"], ["x"]]), sheet, "<worksheet ", f"<!DOCTYPE w [{lol}]><worksheet ")
    with pytest.raises(NodeFailed) as refused:
        kept.extract(changed(content, sheet, "<t>x</t>", "<t>&l11;</t>"), "x.xlsx")
    assert refused.value.code in ("not_xlsx", "too_large", "timeout")


def test_a_workbook_that_unpacks_to_too_much(kept: Kept) -> None:
    with pytest.raises(NodeFailed, match="unpacks to 501 MB"):
        kept.extract(claiming(501_000_000, "[Content_Types].xml"), "x.xlsx")
