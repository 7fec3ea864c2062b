"""A small Sheets of our own: values by range in A1 notation, sheets added, renamed and deleted, rows deleted.

Judged like the Drive beside it. Formulas are kept as text; formats and most batch requests are not there.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.standins.google_asked import Asked, Json, only
from tests.support.standins.google_problem import Problem, not_found

Rows = list[list[Any]]
_RANGE = re.compile(r"(?:(?P<sheet>'(?:[^']|'')+'|[^!]+)!)?(?P<cells>\$?[A-Za-z]*\$?\d*(?::\$?[A-Za-z]*\$?\d*)?)?")
_CORNER = re.compile(r"\$?([A-Za-z]*)\$?(\d*)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MOST = 10_000


@dataclass
class Sheet:
    sheet_id: int
    title: str
    rows: Rows = field(default_factory=list[list[Any]])

    def set(self, row: int, column: int, value: Any) -> None:
        while len(self.rows) <= row:
            self.rows.append([])
        line = self.rows[row]
        line.extend([""] * (column + 1 - len(line)))
        line[column] = value


@dataclass
class Spreadsheet:
    spreadsheet_id: str
    title: str
    sheets: list[Sheet]

    def sheet(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title == title), None)

    def described(self) -> Json:
        sheets = [
            {
                "properties": {
                    "sheetId": sheet.sheet_id,
                    "title": sheet.title,
                    "index": index,
                    "sheetType": "GRID",
                    "gridProperties": {"rowCount": max(1000, len(sheet.rows)), "columnCount": 26},
                }
            }
            for index, sheet in enumerate(self.sheets)
        ]
        return {
            "spreadsheetId": self.spreadsheet_id,
            "properties": {"title": self.title, "locale": "en_US", "timeZone": "Etc/GMT"},
            "sheets": sheets,
            "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{self.spreadsheet_id}/edit",
        }


@dataclass(frozen=True)
class Area:
    """A part of a sheet, its last row and column included."""

    sheet: Sheet
    top: int
    left: int
    bottom: int
    right: int

    def name(self, rows: int, columns: int) -> str:
        """Of so many rows and columns from its upper left corner on, in A1 notation."""
        first = f"{_letters(self.left)}{self.top + 1}"
        last = f"{_letters(self.left + max(columns, 1) - 1)}{self.top + max(rows, 1)}"
        quoted = self.sheet.title if re.fullmatch(r"\w+", self.sheet.title) else f"'{self.sheet.title}'"
        return f"{quoted}!{first}" if first == last else f"{quoted}!{first}:{last}"

    def values(self) -> Rows:
        """Without empty cells and rows at the end, as Google leaves them out."""
        rows = [_stripped(row[self.left : self.right + 1]) for row in self.sheet.rows[self.top : self.bottom + 1]]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def write(self, rows: Rows) -> None:
        for down, row in enumerate(rows):
            for across, value in enumerate(row):
                if value is not None:
                    self.sheet.set(self.top + down, self.left + across, value)

    def clear(self) -> None:
        for row in self.sheet.rows[self.top : self.bottom + 1]:
            for column in range(self.left, min(self.right + 1, len(row))):
                row[column] = ""


@dataclass
class Sheets:
    """`made` is told of each spreadsheet that is made here, for the Drive."""

    made: Callable[[str, str], None]
    spreadsheets: dict[str, Spreadsheet] = field(default_factory=dict[str, Spreadsheet])

    def open(self, spreadsheet_id: str, title: str, sheets: tuple[str, ...] = ("Sheet1",)) -> Spreadsheet:
        made = Spreadsheet(spreadsheet_id, title, [Sheet(number, name) for number, name in enumerate(sheets)])
        self.spreadsheets[spreadsheet_id] = made
        return made

    def answer(self, asked: Asked) -> tuple[int, Json]:
        handler = _HANDLERS.get(asked.route.id)
        if handler is None:
            raise Problem(501, f"{asked.route.id} is not in this stand-in", "notImplemented", "UNIMPLEMENTED")
        return 200, only(asked.one("fields", "*"), handler(self, asked))

    def create(self, asked: Asked) -> Json:
        body = asked.body()
        title = body.get("properties", {}).get("title", "Untitled spreadsheet")
        names = tuple(sheet["properties"]["title"] for sheet in body.get("sheets", [])) or ("Sheet1",)
        spreadsheet = self.open(secrets.token_urlsafe(24), title, names)
        self.made(spreadsheet.spreadsheet_id, title)
        return spreadsheet.described()

    def get(self, asked: Asked) -> Json:
        return self._spreadsheet(asked).described()

    def values_get(self, asked: Asked) -> Json:
        return _read(asked, area_of(self._spreadsheet(asked), asked.path["range"]))

    def values_batch_get(self, asked: Asked) -> Json:
        spreadsheet = self._spreadsheet(asked)
        read = [_read(asked, area_of(spreadsheet, name)) for name in asked.query.get("ranges", [])]
        return {"spreadsheetId": spreadsheet.spreadsheet_id, "valueRanges": read}

    def values_update(self, asked: Asked) -> Json:
        spreadsheet = self._spreadsheet(asked)
        rows = _entered(asked.body(), asked.one("valueInputOption"))
        return _written(spreadsheet, area_of(spreadsheet, asked.path["range"]), rows)

    def values_batch_update(self, asked: Asked) -> Json:
        spreadsheet, body = self._spreadsheet(asked), asked.body()
        entered = [(one["range"], _entered(one, body.get("valueInputOption", ""))) for one in body.get("data", [])]
        answers = [_written(spreadsheet, area_of(spreadsheet, name), rows) for name, rows in entered]
        return {
            "spreadsheetId": spreadsheet.spreadsheet_id,
            "totalUpdatedSheets": len({answer["updatedRange"].split("!")[0] for answer in answers}),
            **{
                f"total{name[0].upper()}{name[1:]}": sum(answer[name] for answer in answers)
                for name in ("updatedRows", "updatedColumns", "updatedCells")
            },
            "responses": answers,
        }

    def values_append(self, asked: Asked) -> Json:
        """Below the last row of the table that begins in the range."""
        spreadsheet = self._spreadsheet(asked)
        area = area_of(spreadsheet, asked.path["range"])
        rows = _entered(asked.body(), asked.one("valueInputOption"))
        there = Area(area.sheet, area.top, area.left, _MOST, _MOST).values()
        below = Area(area.sheet, area.top + len(there), area.left, _MOST, _MOST)
        answer: Json = {"spreadsheetId": spreadsheet.spreadsheet_id, "updates": _written(spreadsheet, below, rows)}
        if there:
            answer["tableRange"] = area.name(len(there), max(map(len, there)))
        return answer

    def values_clear(self, asked: Asked) -> Json:
        spreadsheet = self._spreadsheet(asked)
        area = area_of(spreadsheet, asked.path["range"])
        area.clear()
        return {"spreadsheetId": spreadsheet.spreadsheet_id, "clearedRange": asked.path["range"]}

    def batch_update(self, asked: Asked) -> Json:
        spreadsheet = self._spreadsheet(asked)
        replies = [_changed(spreadsheet, request) for request in asked.body()["requests"]]
        return {"spreadsheetId": spreadsheet.spreadsheet_id, "replies": replies}

    def _spreadsheet(self, asked: Asked) -> Spreadsheet:
        found = self.spreadsheets.get(asked.path["spreadsheetId"])
        if found is None:
            raise not_found()
        return found


def area_of(spreadsheet: Spreadsheet, name: str) -> Area:
    match = _RANGE.fullmatch(name)
    title = (match["sheet"] or "").strip("'").replace("''", "'") if match else ""
    cells = (match["cells"] or "") if match else ""
    whole = spreadsheet.sheet(name[1:-1].replace("''", "'") if name.startswith("'") else name)
    sheet = whole or (spreadsheet.sheet(title) if title else spreadsheet.sheets[0])
    if sheet is None or (match is None and whole is None):
        raise Problem(400, f"Unable to parse range: {name}", "badRequest", "INVALID_ARGUMENT")
    if whole is not None or not cells:
        return Area(sheet, 0, 0, _MOST, _MOST)
    first, _, last = cells.partition(":")
    top, left = _corner(first, 0)
    bottom, right = _corner(last, _MOST) if last else (top, left)
    return Area(sheet, top, left, bottom, right)


def _corner(cell: str, otherwise: int) -> tuple[int, int]:
    match = _CORNER.fullmatch(cell)
    assert match is not None
    letters, digits = match[1].upper(), match[2]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return (int(digits) - 1 if digits else otherwise), (column - 1 if letters else otherwise)


def _letters(column: int) -> str:
    text = ""
    while column >= 0:
        text = chr(65 + column % 26) + text
        column = column // 26 - 1
    return text


def _read(asked: Asked, area: Area) -> Json:
    as_text = asked.one("valueRenderOption", "FORMATTED_VALUE") == "FORMATTED_VALUE"
    rows = [[_shown(value) if as_text else value for value in row] for row in area.values()]
    by_columns = asked.one("majorDimension") == "COLUMNS"
    answer: Json = {
        "range": area.name(len(rows), max(map(len, rows), default=1)),
        "majorDimension": "COLUMNS" if by_columns else "ROWS",
    }
    values = _turned(rows) if by_columns else rows
    return answer | ({"values": values} if values else {})


def _turned(rows: Rows) -> Rows:
    width = max(map(len, rows), default=0)
    return [_stripped([row[column] if column < len(row) else "" for row in rows]) for column in range(width)]


def _shown(value: Any) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)


def _stripped(row: list[Any]) -> list[Any]:
    row = list(row)
    while row and row[-1] == "":
        row.pop()
    return row


def _entered(body: Json, option: str) -> Rows:
    if option not in ("RAW", "USER_ENTERED"):
        raise Problem(400, "'valueInputOption' is required but not specified", "badRequest", "INVALID_ARGUMENT")
    rows: Rows = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        rows = _turned(rows)
    return [[_typed(value) if option == "USER_ENTERED" else value for value in row] for row in rows]


def _typed(value: Any) -> Any:
    """As if a person had typed it."""
    if not isinstance(value, str):
        return value
    if value.upper() in ("TRUE", "FALSE"):
        return value.upper() == "TRUE"
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value.removeprefix("'")


def _written(spreadsheet: Spreadsheet, area: Area, rows: Rows) -> Json:
    area.write(rows)
    columns = max(map(len, rows), default=0)
    return {
        "spreadsheetId": spreadsheet.spreadsheet_id,
        "updatedRange": area.name(len(rows), columns),
        "updatedRows": len(rows),
        "updatedColumns": columns,
        "updatedCells": sum(value is not None for row in rows for value in row),
    }


def _changed(spreadsheet: Spreadsheet, request: Json) -> Json:
    ((kind, what),) = request.items()
    change = _CHANGES.get(kind)
    if change is None:
        raise Problem(501, f"{kind} is not in this stand-in", "notImplemented", "UNIMPLEMENTED")
    return change(spreadsheet, what)


def _add_sheet(spreadsheet: Spreadsheet, what: Json) -> Json:
    title = what.get("properties", {}).get("title", f"Sheet{len(spreadsheet.sheets) + 1}")
    if spreadsheet.sheet(title) is not None:
        text = f'Invalid requests[0].addSheet: A sheet with the name "{title}" already exists.'
        raise Problem(400, text, "badRequest", "INVALID_ARGUMENT")
    spreadsheet.sheets.append(Sheet(max(sheet.sheet_id for sheet in spreadsheet.sheets) + 1, title))
    return {"addSheet": {"properties": spreadsheet.described()["sheets"][-1]["properties"]}}


def _delete_sheet(spreadsheet: Spreadsheet, what: Json) -> Json:
    spreadsheet.sheets.remove(_by_id(spreadsheet, what["sheetId"]))
    return {}


def _rename(spreadsheet: Spreadsheet, what: Json) -> Json:
    _by_id(spreadsheet, what["properties"]["sheetId"]).title = what["properties"]["title"]
    return {}


def _delete_rows(spreadsheet: Spreadsheet, what: Json) -> Json:
    place = what["range"]
    assert place["dimension"] == "ROWS"
    del _by_id(spreadsheet, place["sheetId"]).rows[place["startIndex"] : place["endIndex"]]
    return {}


def _by_id(spreadsheet: Spreadsheet, sheet_id: int) -> Sheet:
    for sheet in spreadsheet.sheets:
        if sheet.sheet_id == sheet_id:
            return sheet
    raise Problem(400, f"No sheet with id: {sheet_id}", "badRequest", "INVALID_ARGUMENT")


_CHANGES: Mapping[str, Callable[[Spreadsheet, Json], Json]] = {
    "addSheet": _add_sheet,
    "deleteSheet": _delete_sheet,
    "updateSheetProperties": _rename,
    "deleteDimension": _delete_rows,
}
_HANDLERS: Mapping[str, Callable[[Sheets, Asked], Json]] = {
    "sheets.spreadsheets.create": Sheets.create,
    "sheets.spreadsheets.get": Sheets.get,
    "sheets.spreadsheets.batchUpdate": Sheets.batch_update,
    "sheets.spreadsheets.values.get": Sheets.values_get,
    "sheets.spreadsheets.values.batchGet": Sheets.values_batch_get,
    "sheets.spreadsheets.values.update": Sheets.values_update,
    "sheets.spreadsheets.values.batchUpdate": Sheets.values_batch_update,
    "sheets.spreadsheets.values.append": Sheets.values_append,
    "sheets.spreadsheets.values.clear": Sheets.values_clear,
}
