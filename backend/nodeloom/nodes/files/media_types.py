"""Which format a file is in: by its first bytes where those say it, else by its name, else by what it was sent as."""

from typing import Final, Literal, TypeAlias

Format: TypeAlias = Literal["csv", "xlsx", "json", "xml", "html", "pdf", "ics", "zip", "text"]

OF_NAME: Final[dict[str, str]] = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "xls": "application/vnd.ms-excel",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "ndjson": "application/x-ndjson",
    "xml": "application/xml",
    "html": "text/html",
    "htm": "text/html",
    "pdf": "application/pdf",
    "ics": "text/calendar",
    "zip": "application/zip",
    "txt": "text/plain",
    "md": "text/markdown",
    "log": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
}
_BY_ENDING: Final[dict[str, Format]] = {
    "csv": "csv", "tsv": "csv", "tab": "csv", "xlsx": "xlsx", "xlsm": "xlsx", "xls": "xlsx", "json": "json",
    "jsonl": "json", "ndjson": "json", "geojson": "json", "xml": "xml", "rss": "xml", "atom": "xml", "html": "html",
    "htm": "html", "pdf": "pdf", "ics": "ics", "ical": "ics", "zip": "zip", "txt": "text", "md": "text", "log": "text",
}  # fmt: skip
_BY_TYPE: Final[dict[str, Format]] = {
    "text/csv": "csv", "application/csv": "csv", "text/tab-separated-values": "csv",
    OF_NAME["xlsx"]: "xlsx", OF_NAME["xlsm"]: "xlsx", "application/json": "json", "application/x-ndjson": "json",
    "application/xml": "xml", "text/xml": "xml", "text/html": "html", "application/xhtml+xml": "html",
    "application/pdf": "pdf", "text/calendar": "ics", "application/zip": "zip", "application/x-zip-compressed": "zip",
}  # fmt: skip


def media_type_of(name: str) -> str:
    return OF_NAME.get(_ending(name), "application/octet-stream")


def format_of(name: str, media_type: str, start: bytes) -> Format | None:
    """None: nothing says what it is."""
    told = _BY_ENDING.get(_ending(name)) or _BY_TYPE.get(media_type.partition(";")[0].strip().lower())
    if start.startswith(b"PK\x03\x04"):
        # A workbook is a ZIP archive too; only its name tells that it is meant as one.
        return told if told == "xlsx" else ("xlsx" if b"[Content_Types].xml" in start[:100] else "zip")
    if start.startswith(b"%PDF-"):
        return "pdf"
    return told or _sniffed(start)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _sniffed(start: bytes) -> Format | None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"begin:vcalendar"):
        return "ics"
    if text.startswith((b"<!doctype html", b"<html")):
        return "html"
    if text.startswith(b"<?xml"):
        return "xml"
    if text.startswith((b"{", b"[")):
        return "json"
    return None if b"\0" in start or not start else "text"
