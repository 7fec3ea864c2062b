"""core.extract_file: what stands in a file, as items."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, BinaryIO, Final, Literal, cast

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.files.formats import Confined, NoConfined, records
from nodeloom.nodes.files.media_types import Format, format_of
from nodeloom.nodes.files.reading import ReadOptions, Record, Unreadable
from nodeloom.nodes.files.zip_entries import entries
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

MOST_RECORDS: Final = 100_000
_MOST_TEXT: Final = 100_000_000
_LONGEST_S: Final = 60.0
_START: Final = 4096


def _for(*formats: str, advanced: bool = False) -> dict[str, Any]:
    return hints(advanced=advanced, show_if={"format": ["auto", *formats]})


class ExtractParams(Params):
    file: str = Field(
        default="",
        title="File",
        description="Which of the item's files, by its name there. Empty: the only one it has.",
        max_length=500,
        examples=["data", "invoice"],
    )
    format: Literal["auto", "csv", "xlsx", "json", "xml", "html", "pdf", "ics", "zip", "text"] = Field(
        default="auto",
        title="Format",
        description="By itself it goes by the file's first bytes, then by its name.",
        json_schema_extra=hints(
            labels={
                "auto": "Find out",
                "csv": "CSV: an item for each row",
                "xlsx": "Excel: an item for each row",
                "json": "JSON: an item for each entry",
                "xml": "XML: an item for each element",
                "html": "HTML: a table's rows, or the text",
                "pdf": "PDF: an item for each page",
                "ics": "Calendar: an item for each event",
                "zip": "ZIP: an item for each file",
                "text": "Text: whole, or line by line",
            }
        ),
    )
    header: bool = Field(
        default=True,
        title="First row has the names",
        description="Else the columns are called column_1, column_2 and so on.",
        json_schema_extra=_for("csv", "xlsx", "html"),
    )
    sheet: str = Field(
        default="",
        title="Sheet",
        description="Its name, or its number from 1. Empty: the first one.",
        max_length=200,
        examples=["Orders", "2"],
        json_schema_extra=_for("xlsx"),
    )
    header_row: int = Field(
        default=1,
        title="Row of the names",
        description="What stands above it is left out.",
        ge=1,
        le=1_000_000,
        json_schema_extra=_for("xlsx", advanced=True),
    )
    delimiter: Literal["", ",", ";", "\t", "|"] = Field(
        default="",
        title="Separator",
        json_schema_extra=hints(
            advanced=True,
            show_if={"format": ["auto", "csv"]},
            labels={"": "Find out", ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"},
        ),
    )
    types: bool = Field(
        default=False,
        title="Read numbers and yes/no",
        description="Only what can mean nothing else: 007 and 1,5 stay text, an empty cell becomes null.",
        json_schema_extra=_for("csv", advanced=True),
    )
    records: str = Field(
        default="",
        title="Path of the list",
        description="The list (in XML: the elements) whose entries become items. Empty: the whole document.",
        max_length=500,
        examples=["orders", "feed.entry"],
        json_schema_extra=_for("json", "xml"),
    )
    html_as: Literal["tables", "text"] = Field(
        default="tables",
        title="Take from HTML",
        json_schema_extra={**_for("html"), **hints(labels={"tables": "The rows of a table", "text": "The text"})},
    )
    table: int = Field(
        default=1,
        title="Which table",
        description="The number of the table on the page, from 1.",
        ge=1,
        le=10_000,
        json_schema_extra=_for("html", advanced=True),
    )
    text_as: Literal["whole", "lines"] = Field(
        default="whole",
        title="Take from text",
        json_schema_extra={**_for("text"), **hints(labels={"whole": "All of it as one item", "lines": "Each line"})},
    )
    encoding: str = Field(
        default="",
        title="Encoding",
        description="Empty: UTF-8 or UTF-16 if the file is that, else what Windows writes in Western Europe.",
        max_length=40,
        examples=["utf-8", "cp1252", "shift_jis"],
        json_schema_extra=_for("csv", "json", "xml", "html", "ics", "text", advanced=True),
    )
    skip: int = Field(
        default=0, title="Skip", description="So many items at the begin.", ge=0, json_schema_extra=hints(advanced=True)
    )
    limit: int = Field(
        default=MOST_RECORDS,
        title="At most",
        description="So many items; what comes after them is left out.",
        ge=1,
        le=MOST_RECORDS,
        json_schema_extra=hints(advanced=True),
    )
    keep_fields: bool = Field(
        default=False,
        title="Keep the item's own fields",
        description="Beside those from the file, which win where both have one.",
        json_schema_extra=hints(advanced=True),
    )


def extract_node(confined: Confined) -> NodeType:
    """The node type, with where it reads what it does not trust itself with."""
    return NodeType(
        NodeSpec("core.extract_file", "Extract from file", ExtractParams, slow=True, longest_s=300.0),
        description="Reads a file of the item and gives what stands in it as items: rows, records, pages, events.",
        group="data",
        icon="file-input",
        run=_Extract(confined).run,
        aliases=("csv", "excel", "xlsx", "spreadsheet", "pdf", "ics", "calendar", "zip", "unpack", "read", "parse"),
        summary="{file}|{format}",
    )


class _Extract:
    def __init__(self, confined: Confined) -> None:
        self._confined = confined

    def run(self, params: ExtractParams, item: Item, ctx: NodeContext) -> Emitted:
        file = file_of(item, params.file)
        kept = item.json if params.keep_fields else {}
        try:
            with ctx.files.open(file) as content:
                format_ = params.format if params.format != "auto" else _found_format(file, content)
                content.seek(0)
                if format_ == "zip":
                    return Emitted({"out": _unpacked(params, content, ctx, kept)})
                with closing(records(format_, content, _options(params), self._confined, ctx.stop.kills)) as found:
                    return Emitted({"out": [Item({**kept, **record}) for record in _taken(found, params)]})
        except (Unreadable, NodeFailed) as refusal:
            raise _about(file, refusal) from None


def file_of(item: Item, name: str) -> ArtifactRef:
    """The file that the item has under the name, or its only one."""
    if name in item.files:
        return item.files[name]
    if not name and len(item.files) == 1:
        return next(iter(item.files.values()))
    there = ", ".join(item.files) or "none"
    if name:
        message = f"The item has no file “{name[:100]}”."
    else:
        message = "The item has no file." if not item.files else "The item has several files."
    raise NodeFailed("no_such_file", message, f"Its files are: {there}.")


def _found_format(file: ArtifactRef, content: BinaryIO) -> Format:
    found = format_of(file.name, file.media_type, content.read(_START))
    if found is None:
        raise Unreadable("unknown_format", "What kind of file this is can't be told.", "Choose the format.")
    return found


def _options(params: ExtractParams) -> ReadOptions:
    return ReadOptions(**{name: getattr(params, name) for name in ReadOptions.__dataclass_fields__})


def _unpacked(params: ExtractParams, content: BinaryIO, ctx: NodeContext, kept: dict[str, JsonValue]) -> list[Item]:
    end = time.monotonic() + _LONGEST_S

    def store(chunks: Iterable[bytes], name: str, media_type: str) -> ArtifactRef:
        _check_time(end)
        return ctx.files.store(chunks, name, media_type)

    return [
        Item(
            {**kept, "path": entry.path, "name": entry.file.name, "size": entry.size, "modified": entry.modified},
            {"data": entry.file},
        )
        for entry in entries(content, store, params.skip, params.limit)
    ]


def _check_time(end: float) -> None:
    if time.monotonic() > end:
        raise Unreadable("timeout", f"Reading took longer than {_LONGEST_S:g} s.", "Take a smaller part of it.")


def _taken(found: Iterator[Record], params: ExtractParams) -> Iterator[dict[str, JsonValue]]:
    """The records asked for, as long as there is room and time for them."""
    weight = 0
    end = time.monotonic() + _LONGEST_S
    for number, record in enumerate(found):
        _check_time(end)
        if number < params.skip:
            continue
        if number >= params.skip + params.limit:
            if params.limit < MOST_RECORDS:
                return
            message = f"The file gives more than {MOST_RECORDS:,} items."
            raise Unreadable("too_large", message, "Set “At most”, and “Skip” for the parts after the first.")
        weight += sum(len(value) if isinstance(value, str) else 8 for value in record.values())
        if weight > _MOST_TEXT:
            message = f"Up to item {number + 1:,} the file gives more than {_MOST_TEXT // 1_000_000} MB."
            raise Unreadable("too_large", message, "Set “At most”, and “Skip” for the parts after the first.")
        yield cast("dict[str, JsonValue]", record)


def _about(file: ArtifactRef, refusal: Unreadable | NodeFailed) -> NodeFailed:
    if refusal.code == "no_such_file":
        return NodeFailed(refusal.code, refusal.message, refusal.hint)
    return NodeFailed(refusal.code, f"{file.name}: {refusal.message}", refusal.hint)


EXTRACT_FILE: Final = extract_node(NoConfined())
