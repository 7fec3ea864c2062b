"""Content under its hash."""

import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nodeloom.adapters.blobs import BlobMissing, Blobs, BlobTooLarge, Old


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def whole(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in stream])


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


async def test_a_payload_is_kept_compressed_under_its_hash(blobs: Blobs, tmp_path: Path) -> None:
    content = b"again and " * 10_000
    digest = await blobs.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert await blobs.get(digest) == content
    (path,) = (tmp_path / "blobs" / digest[:2]).iterdir()
    assert path.stat().st_size < len(content) / 10


async def test_a_file_passes_through_and_can_be_read_in_part(blobs: Blobs) -> None:
    stored = await blobs.put_stream(chunks(b"hello ", b"", b"world"))
    assert (stored.size, stored.digest) == (11, hashlib.sha256(b"hello world").hexdigest())
    assert await whole(blobs.stream(stored.digest)) == b"hello world"
    assert await whole(blobs.stream(stored.digest, start=6, length=3)) == b"wor"


async def test_the_same_content_is_stored_once(blobs: Blobs, tmp_path: Path) -> None:
    assert await blobs.put(b"x") == await blobs.put(b"x")
    assert (await blobs.put_stream(chunks(b"x"))).digest == (await blobs.put_stream(chunks(b"x"))).digest
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 2


async def test_what_is_too_large_or_breaks_off_leaves_nothing_behind(blobs: Blobs, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError("gone")

    with pytest.raises(BlobTooLarge):
        await blobs.put_stream(chunks(b"12345", b"6"), limit=5)
    with pytest.raises(ConnectionError):
        await blobs.put_stream(broken())
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


LATER = time.time() + 3600


def names(blobs: Blobs, moment: float = LATER) -> set[str]:
    return {old.digest for old in blobs.stored_before(moment)}


async def test_what_was_removed_is_missing_and_frees_its_bytes(blobs: Blobs) -> None:
    digest = await blobs.put(b"x")
    stored = await blobs.put_stream(chunks(b"four"))
    assert names(blobs) == {digest, stored.digest}
    assert blobs.remove(Old(stored.digest, payload=False), LATER) == 4
    assert blobs.remove(Old(stored.digest, payload=False), LATER) == 0
    assert blobs.remove(Old(digest, payload=True), LATER) > 0
    with pytest.raises(BlobMissing):
        await blobs.get(digest)
    assert names(blobs) == set()


async def test_what_is_stored_again_before_it_is_removed_stays(blobs: Blobs, tmp_path: Path) -> None:
    digest = await blobs.put(b"x")
    (path,) = (tmp_path / "blobs" / digest[:2]).iterdir()
    os.utime(path, (0, 0))
    (old,) = blobs.stored_before(LATER - 7200)
    await blobs.put(b"x")
    assert blobs.remove(old, LATER - 7200) == 0
    assert await blobs.get(digest) == b"x"


async def test_a_removal_that_was_cut_off_loses_nothing(blobs: Blobs, tmp_path: Path) -> None:
    """As after a kill between setting aside and looking at the date."""
    digest = await blobs.put(b"x")
    (path,) = (tmp_path / "blobs" / digest[:2]).iterdir()
    (tmp_path / "blobs" / "aside").mkdir()
    path.rename(tmp_path / "blobs" / "aside" / f"{digest}.z")
    assert await blobs.get(digest) == b"x"
    assert names(blobs) == set()
    blobs.tidy(0)
    assert (names(blobs), await blobs.get(digest)) == ({digest}, b"x")


async def test_what_is_set_aside_and_stored_anew_is_there_once(blobs: Blobs, tmp_path: Path) -> None:
    digest = await blobs.put(b"x")
    (path,) = (tmp_path / "blobs" / digest[:2]).iterdir()
    (tmp_path / "blobs" / "aside").mkdir()
    path.rename(tmp_path / "blobs" / "aside" / f"{digest}.z")
    await blobs.put(b"x")
    blobs.tidy(0)
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


def test_drafts_of_writers_that_were_killed_go_when_they_are_old(blobs: Blobs, tmp_path: Path) -> None:
    draft = tmp_path / "blobs" / "drafts" / "half"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    blobs.tidy(LATER - 7200)
    assert draft.exists()
    blobs.tidy(LATER)
    assert not draft.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "g" * 64, "A" * 64])
async def test_what_is_no_hash_is_missing_and_reads_nothing_else(blobs: Blobs, name: str) -> None:
    with pytest.raises(BlobMissing):
        await whole(blobs.stream(name))


def test_a_full_disk_leaves_no_draft_behind(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    content = b"no room"
    # The folder that it would go to leads nowhere: keeping it fails as late as on a full disk.
    (tmp_path / hashlib.sha256(content).hexdigest()[:2]).symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        blobs.write(content)
    assert list((tmp_path / "drafts").iterdir()) == []
