"""Google Sheets: rows by the names of their columns, and blocks of cells."""

from nodeloom_connectors.google import google_oauth
from nodeloom_connectors.google_sheets.client import NAMES, SHEETS, SheetsClient, verify
from nodeloom_connectors.google_sheets.new_row import new_row
from nodeloom_connectors.google_sheets.ranges import clear_range, read_range, update_range
from nodeloom_connectors.google_sheets.rows import (
    append_row,
    append_rows,
    delete_rows,
    read_rows,
    update_row,
    upsert_row,
)
from nodeloom_connectors.google_sheets.sheets import (
    add_sheet,
    create_spreadsheet,
    list_sheets,
    sheet_options,
    spreadsheet_options,
)
from nodeloom_connectors.sdk import Connector, RateLimit

connector = Connector(
    name="google_sheets",
    title="Google Sheets",
    icon="sheet",
    color="#188038",
    description="Read and write rows of Google spreadsheets.",
    auth=google_oauth(SHEETS, NAMES),
    actions=(
        read_rows,
        append_row,
        append_rows,
        update_row,
        upsert_row,
        delete_rows,
        read_range,
        update_range,
        clear_range,
        list_sheets,
        add_sheet,
        create_spreadsheet,
    ),
    triggers=(new_row,),
    options={"spreadsheets": spreadsheet_options, "sheets": sheet_options},
    connect=SheetsClient,
    verify=verify,
    # 60 reads and 60 writes a minute for each person.
    limits=(RateLimit(calls=60, per_s=60.0),),
)
