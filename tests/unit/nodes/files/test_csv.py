"""CSV as it comes."""

import pytest

from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.kept import Kept
from tests.unit.nodes.running import Json


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a,b\r\n1,2\r\n", [{"a": "1", "b": "2"}]),
        # Excel in German: a mark, semicolons, decimal commas that stay text
        ("\ufeffName;Preis\r\nKäse;1.234,50\r\n".encode(), [{"Name": "Käse", "Preis": "1.234,50"}]),
        ("Name;Preis\nMüller;1,5\n".encode("cp1252"), [{"Name": "Müller", "Preis": "1,5"}]),
        ("a\tb\r\nö\tß\r\n".encode("utf-16"), [{"a": "ö", "b": "ß"}]),
        (b'sep=|\r\na|b\r\n"x|y"|2\r\n', [{"a": "x|y", "b": "2"}]),
        (b'a,b\n"line 1\nline ""2""",x\n', [{"a": 'line 1\nline "2"', "b": "x"}]),
        (b"a,b\r1,2\r3,4\r", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        (b"a,,a\n1,2,3,4\n5\n\n,,\n", [
            {"a": "1", "column_2": "2", "a_2": "3", "column_4": "4"},
            {"a": "5", "column_2": "", "a_2": "", "column_4": ""},
        ]),
        (b"only a head\n", []),
        (b"", []),
    ],
)  # fmt: skip
def test_rows(kept: Kept, content: bytes, rows: list[Json]) -> None:
    assert kept.extract(content, "list.csv") == rows


def test_without_names(kept: Kept) -> None:
    assert kept.extract(b"1,2\n", "list.csv", header=False) == [{"column_1": "1", "column_2": "2"}]


def test_only_what_can_mean_nothing_else_becomes_a_number(kept: Kept) -> None:
    content = b"a;b;c;d;e;f;g;h\n12;-0.5;007;1,5;1e5;TRUE;;12345678901234567890\n"
    assert list(kept.extract(content, "list.csv", types=True)[0].values()) == [
        12, -0.5, "007", "1,5", "1e5", True, None, "12345678901234567890",
    ]  # fmt: skip


def test_lines_that_the_look_ahead_cuts_are_whole(kept: Kept) -> None:
    lines = [f"{number},{'é' * 40}\r\n" for number in range(5_000)]
    rows = kept.extract(("n,text\r\n" + "".join(lines)).encode(), "list.csv")
    assert [row["n"] for row in rows] == [str(number) for number in range(5_000)]
    assert all(row["text"] == "é" * 40 for row in rows)


@pytest.mark.parametrize(
    ("content", "params", "code", "where"),
    [
        (b'a,b\n1,2\n"never closed,3\n4,5\n', {}, "not_csv", "Line 4"),
        (b'a,b\n"x"y,2\n', {}, "not_csv", "Line 2"),
        (b"a\n\xff\n", {"encoding": "utf-8"}, "wrong_encoding", "utf-8"),
        (b"a\n", {"encoding": "klingon"}, "unknown_encoding", "klingon"),
        (b"," * 20_000, {}, "too_large", "20,001 columns"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(kept: Kept, content: bytes, params: Json, code: str, where: str) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(b"x" + content if code == "too_large" else content, "list.csv", **params)
    assert refused.value.code == code
    assert refused.value.message.startswith("list.csv: ")
    assert where in refused.value.message
    assert refused.value.hint or code == "too_large"
