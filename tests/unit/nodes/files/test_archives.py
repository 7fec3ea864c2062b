"""ZIP archives: each entry becomes a file, under limits."""

import io
import zipfile

import pytest

from nodeloom.nodes.files.zip_entries import MOST_ENTRIES
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.archives import archive, claiming
from tests.unit.nodes.files.kept import Kept


def test_each_entry_becomes_a_file_of_an_item(kept: Kept) -> None:
    content = archive(**{"a/": b"", "a/orders.csv": b"n\n1\n", "../../etc/passwd": b"x", "C:\\temp\\photo.PNG": b"png"})
    first, second, third = kept.extract_items(content, "upload")
    assert first.json == {"path": "a/orders.csv", "name": "orders.csv", "size": 4, "modified": "2026-05-31T12:00:00"}
    assert (first.files["data"].media_type, kept.content(first.files["data"])) == ("text/csv", b"n\n1\n")
    assert second.json["name"] == "passwd"
    assert (third.json["name"], third.files["data"].media_type) == ("photo.PNG", "image/png")


def test_names_that_windows_wrote_in_utf_8_without_saying_so(kept: Kept) -> None:
    content = archive(**{"gr----e.txt": b"x"})
    assert kept.extract(content.replace(b"gr----e", "grüße".encode()), "x.zip")[0]["name"] == "grüße.txt"


def test_part_of_an_archive(kept: Kept) -> None:
    content = archive(a=b"", b=b"", c=b"")
    assert [json["path"] for json in kept.extract(content, "x.zip", skip=1, limit=1)] == ["b"]


def encrypted() -> bytes:
    made = bytearray(archive(**{"secret.txt": b"x"}))
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def many() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for number in range(MOST_ENTRIES + 1):
            made.writestr(str(number), b"")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (archive(**{"a.txt": b"text " * 100})[:60], "not_zip", "part of it is missing"),
        (archive(**{"a.txt": b"text"}).replace(b"K\x03\x04", b"K\x03\x05", 1), "not_zip", "no ZIP archive"),
        (claiming(600_000_000, "a"), "too_large", "unpacks to 600 MB"),
        (claiming(20_000_000, "a", bytes(20_000)), "zip_bomb", "“a”"),
        (many(), "too_large", "1,001 files"),
        (encrypted(), "password", "secret.txt"),
    ],
    ids=["truncated", "broken", "too large", "bomb", "too many", "encrypted"],
)
def test_what_is_not_unpacked(kept: Kept, content: bytes, code: str, says: str) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(content, "x.zip", format="zip")
    assert refused.value.code == code
    assert says in refused.value.message
