"""JSON, XML, HTML and text."""

import pytest

from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.kept import Kept
from tests.unit.nodes.running import Json


@pytest.mark.parametrize(
    ("content", "params", "records"),
    [
        (b'{"a": 1}', {}, [{"a": 1}]),
        (b'\xef\xbb\xbf[{"a": 1}, 2, null]', {}, [{"a": 1}, {"value": 2}, {"value": None}]),
        (b'{"data": {"orders": [{"id": 1}]}}', {"records": "data.orders"}, [{"id": 1}]),
        (b'{"a": 1}\r\n\n{"a": 12345678901234567890123}\n', {}, [{"a": 1}, {"a": 12345678901234567890123}]),
        ("[\"ö\"]".encode("utf-16"), {}, [{"value": "ö"}]),
    ],
)  # fmt: skip
def test_json(kept: Kept, content: bytes, params: Json, records: list[Json]) -> None:
    assert kept.extract(content, "data.json", **params) == records


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b'{"a": 1,}', "not_json", "Line 1, column 9"),
        (b'{"a": 1}\n{"a": \n', "not_json", "Line 2"),
        (b'{"a": NaN}', "not_json", "NaN"),
        (b'{"a": 1e999}', "not_json", "1e999 is too large"),
        (b"[" * 100_000, "too_deep", "inside each other"),
        (b'{"a": 1}', "no_such_records", "orders"),
    ],
)
def test_json_that_is_wrong(kept: Kept, content: bytes, code: str, where: str) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(content, "data.json", records="orders" if code == "no_such_records" else "")
    assert (refused.value.code, where in refused.value.message) == (code, True)


def test_xml(kept: Kept) -> None:
    feed = "<?xml version='1.0' encoding='ISO-8859-1'?><feed><entry id='1'>Käse</entry><entry id='2'/></feed>"
    content = feed.encode("latin-1")
    assert kept.extract(content, "feed.xml", records="feed.entry") == [{"@id": "1", "#text": "Käse"}, {"@id": "2"}]
    assert len(kept.extract(content, "feed.xml")) == 1


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://169.254.169.254/"> %x;',
    ],
)
def test_xml_that_would_grow_or_fetch_is_refused(kept: Kept, declarations: str) -> None:
    with pytest.raises(NodeFailed, match="declares entities"):
        kept.extract(f"<!DOCTYPE d [{declarations}]><d>&b;&x;</d>".encode(), "bomb.xml")


TABLE = """<html><head><meta charset=windows-1252><title> Prices </title></head><body><p>Hello</p>
<table><tr><td>other</td></tr></table>
<table><thead><tr><th>Shop<th colspan=2>Price</tr></thead>
<tr><td rowspan=2>A <b>1</b></td><td>5</td><td>€</td></tr>
<tr><td>6<td><table><tr><td>inner</td></tr></table></tr></table><script>alert(1)</script>"""


def test_html_tables_with_cells_over_several_columns_and_rows(kept: Kept) -> None:
    assert kept.extract(TABLE.encode("cp1252"), "page.html", table=2) == [
        {"Shop": "A 1", "Price": "5", "Price_2": "€"},
        {"Shop": "A 1", "Price": "6", "Price_2": "inner"},
    ]


def test_html_as_text(kept: Kept) -> None:
    (record,) = kept.extract(TABLE.encode("cp1252"), "page.html", html_as="text")
    assert record["title"] == "Prices"
    assert str(record["text"]).startswith("Hello\n")
    assert "alert" not in str(record["text"])


def test_a_table_that_is_not_there(kept: Kept) -> None:
    with pytest.raises(NodeFailed, match="no table; number 1") as refused:
        kept.extract(b"<html>text only", "page.html")
    assert refused.value.code == "no_such_table"


def test_text(kept: Kept) -> None:
    content = "Grüße\r\nvon hier".encode("cp1252")
    assert kept.extract(content, "note.txt") == [{"text": "Grüße\r\nvon hier"}]
    assert kept.extract(content, "note.txt", text_as="lines") == [
        {"line": 1, "text": "Grüße"},
        {"line": 2, "text": "von hier"},
    ]
