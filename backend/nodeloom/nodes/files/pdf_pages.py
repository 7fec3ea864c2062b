"""The text of PDF pages."""

import logging
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from nodeloom.nodes.files.reading import ReadOptions, Record, Unreadable

_BROKEN = (
    PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError, zlib.error,
    NotImplementedError, AssertionError, OverflowError,
)  # fmt: skip

# It warns of every oddity of a file, of which most files have some.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def pages(file: BinaryIO, _options: ReadOptions) -> Iterator[Record]:
    place = "The PDF"
    try:
        reader = PdfReader(file)
        # Many are encrypted only so that they can't be printed or changed; those open with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(
                "password", "The PDF opens only with a password.", "Save it without a password and try again."
            )
        count = len(reader.pages)
        for number, page in enumerate(reader.pages, 1):
            place = f"Page {number} of {count}"
            yield {"page": number, "pages": count, "text": page.extract_text()}
    except DependencyError:
        raise Unreadable("password", "The PDF is encrypted in a way that can't be read.", "Save it anew.") from None
    except _BROKEN as error:
        raise Unreadable(
            "not_pdf", f"{place} can't be read: {str(error)[:200] or type(error).__name__}.", "Save the PDF anew."
        ) from None
