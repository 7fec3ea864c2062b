"""core.convert_file: items as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias

from pydantic import Field

from nodeloom.compiler.catalog import NodeSpec
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.field_path import DottedPath
from nodeloom.nodes.file_store import FileStore
from nodeloom.nodes.files import binary_writing, writing
from nodeloom.nodes.files.media_types import media_type_of
from nodeloom.nodes.files.tables import Fields
from nodeloom.nodes.files.writing import WriteOptions, in_chunks
from nodeloom.nodes.lists import Inputs
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed, NodeType
from nodeloom.nodes.params import Params, hints

_TABLES: Final = ["csv", "xlsx", "html"]
_XML_NAME: Final = r"^[^\W\d][\w.\-]{0,99}$"

Write: TypeAlias = Callable[[Sequence[Item], WriteOptions, FileStore, datetime], Iterator[bytes]]


class ConvertParams(Params):
    format: Literal["csv", "xlsx", "json", "jsonl", "html", "xml", "ics", "text", "zip"] = Field(
        title="Format",
        json_schema_extra=hints(
            labels={
                "csv": "CSV",
                "xlsx": "Excel",
                "json": "JSON: a list",
                "jsonl": "JSON Lines",
                "html": "HTML table",
                "xml": "XML",
                "ics": "Calendar",
                "text": "Text",
                "zip": "ZIP of the items' files",
            }
        ),
    )
    name: str = Field(
        default="",
        title="File name",
        description="Empty: items, with the ending of the format.",
        max_length=200,
        examples=["orders.csv", "invoice-{{ $json.number }}.json"],
    )
    mode: Literal["all", "each"] = Field(
        default="all",
        title="Makes",
        json_schema_extra=hints(labels={"all": "One file of all items", "each": "A file for each item"}),
    )
    columns: list[DottedPath] = Field(
        default=[],
        title="Columns",
        description="The fields to write, in this order; of inner ones the path. Empty: all.",
        max_length=1000,
        examples=[["id", "customer.name", "total"]],
        json_schema_extra=hints(show_if={"format": _TABLES}),
    )
    text_field: DottedPath = Field(
        default="text",
        title="Field with the text",
        description="Of several items the texts stand below each other.",
        examples=["text", "body"],
        json_schema_extra=hints(show_if={"format": ["text"]}),
    )
    delimiter: Literal[",", ";", "\t", "|"] = Field(
        default=",",
        title="Separator",
        json_schema_extra=hints(
            advanced=True,
            show_if={"format": ["csv"]},
            labels={",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"},
        ),
    )
    header: bool = Field(
        default=True,
        title="Names in the first row",
        json_schema_extra=hints(advanced=True, show_if={"format": ["csv", "xlsx"]}),
    )
    mark: bool = Field(
        default=False,
        title="Marked for Excel",
        description="Begins the file with a mark (BOM), by which Excel knows it as UTF-8. Other programs may trip.",
        json_schema_extra=hints(advanced=True, show_if={"format": ["csv"]}),
    )
    escape_formulas: bool = Field(
        default=True,
        title="Disarm formulas",
        description="Puts a ' before texts that begin with = + - @, which Excel would run as formulas when it opens"
        " the CSV. Numbers stay as they are. Switch it off where a program reads the file.",
        json_schema_extra=hints(advanced=True, show_if={"format": ["csv"]}),
    )
    title: str = Field(
        default="",
        title="Title",
        description="Of the sheet, the page or the calendar.",
        max_length=200,
        json_schema_extra=hints(advanced=True, show_if={"format": ["xlsx", "html", "ics"]}),
    )
    root: str = Field(
        default="items",
        title="Outer element",
        pattern=_XML_NAME,
        json_schema_extra=hints(advanced=True, show_if={"format": ["xml"]}),
    )
    element: str = Field(
        default="item",
        title="Element of an item",
        pattern=_XML_NAME,
        json_schema_extra=hints(advanced=True, show_if={"format": ["xml"]}),
    )
    into: str = Field(
        default="data",
        title="Put the file under",
        description="Its name among the item's files.",
        min_length=1,
        max_length=200,
        json_schema_extra=hints(advanced=True),
    )


def _rows(items: Sequence[Item]) -> list[Fields]:
    return [item.json for item in items]


def _text(write: Callable[[Sequence[Fields], WriteOptions], Iterator[str]]) -> Write:
    return lambda items, options, _files, _now: in_chunks(write(_rows(items), options))


def _zip(items: Sequence[Item], _options: WriteOptions, files: FileStore, now: datetime) -> Iterator[bytes]:
    packed = [file for item in items for file in item.files.values()]
    if not packed:
        raise NodeFailed("no_such_file", "The items have no files to pack.", "Make files first, or fetch them.")
    return binary_writing.zip_chunks(packed, files, now)


_WRITERS: Final[Mapping[str, Write]] = {
    "csv": _text(writing.csv_text),
    "json": _text(writing.json_text),
    "jsonl": _text(writing.json_lines),
    "html": _text(writing.html_text),
    "xml": _text(writing.xml_text),
    "text": _text(writing.plain_text),
    "xlsx": lambda items, options, _files, _now: binary_writing.xlsx_chunks(_rows(items), options),
    "ics": lambda items, options, _files, now: binary_writing.ics_chunks(_rows(items), options, now),
    "zip": _zip,
}
_ENDINGS: Final[Mapping[str, str]] = {"text": "txt"}


def _convert(params: ConvertParams, given: Item | Inputs, ctx: NodeContext) -> Emitted:
    if isinstance(given, Item):
        file = _made(params, [given], ctx)
        return Emitted({"out": [Item(given.json, {**given.files, params.into: file})]})
    name, items = next(iter(given.items()))
    file = _made(params, items, ctx)
    json: dict[str, JsonValue] = {"name": file.name, "size": file.size, "items": len(items)}
    origin = tuple((name, position) for position in range(len(items)))
    return Emitted({"out": [Item(json, {params.into: file}, origin)]})


def _made(params: ConvertParams, items: Sequence[Item], ctx: NodeContext) -> ArtifactRef:
    options = WriteOptions(**{name: getattr(params, name) for name in WriteOptions.__dataclass_fields__})
    ending = _ENDINGS.get(params.format, params.format)
    name = " ".join(params.name.replace("/", "_").replace("\\", "_").split()) or f"items.{ending}"
    try:
        chunks = _WRITERS[params.format](items, options, ctx.files, ctx.now)
        return ctx.files.store(chunks, name, _media_type(ending))
    except RecursionError:
        raise NodeFailed("too_deep", "An item has too many lists and objects inside each other.") from None


def _media_type(ending: str) -> str:
    named = media_type_of(f".{ending}")
    return f"{named}; charset=utf-8" if named.startswith("text/") else named


CONVERT_FILE: Final = NodeType(
    NodeSpec(
        "core.convert_file",
        "Convert to file",
        ConvertParams,
        mode="all",
        mode_param="mode",
        literal=("mode",),
        slow=True,
        longest_s=300.0,
    ),
    description="Writes the items into a file: a table, JSON, a calendar, text, or their own files as a ZIP.",
    group="data",
    icon="file-output",
    run=_convert,
    aliases=("csv", "excel", "xlsx", "spreadsheet", "export", "download", "zip", "pack", "ics", "write", "save"),
    summary="{name}|{format}",
)
