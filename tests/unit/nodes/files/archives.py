"""ZIP archives, honest and not."""

import io
import struct
import zipfile


def archive(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 5, 31, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def claiming(size: int, name: str, content: bytes = b"small") -> bytes:
    """One entry that says it unpacks to so many bytes."""
    made = bytearray(archive(**{name: content}))
    directory = made.index(b"PK\x01\x02")
    made[directory + 24 : directory + 28] = struct.pack("<I", size)
    return bytes(made)
