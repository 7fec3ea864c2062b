"""What the routes of tables take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from nodeloom.features.tables.structure import MOST_COLUMNS, ColumnType
from nodeloom.nodes.conditions import Combine
from nodeloom.nodes.table import RowCondition

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Values = Annotated[dict[Annotated[str, Field(max_length=100)], JsonValue], Field(max_length=MOST_COLUMNS)]


class NewColumn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    type: ColumnType = "text"


class ChangedColumn(NewColumn):
    """With the `id` of a column it keeps that one's values; without, it is new."""

    id: Annotated[str, Field(max_length=20)] | None = None


Key = Annotated[list[Name], Field(max_length=5, description="The columns that tell rows apart")]


class TableCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    columns: Annotated[list[NewColumn], Field(max_length=MOST_COLUMNS)]
    key: Key = Field(default_factory=list[Name])


class TableChange(BaseModel):
    """What is left out stays. `columns` are all columns in their new order: who is not named goes, values and all."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    columns: Annotated[list[ChangedColumn], Field(max_length=MOST_COLUMNS)] | None = None
    key: Key | None = None


class ColumnRead(BaseModel):
    id: str
    name: str
    type: ColumnType


class TableRead(BaseModel):
    id: str
    name: str
    columns: list[ColumnRead]
    key: list[str]
    row_count: int
    created_by: str
    created_at: datetime
    updated_at: datetime


class RowValues(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: Values


class RowsImported(BaseModel):
    """How many rows were added, and how many that were there by their key were changed."""

    added: int
    changed: int


class RowRead(BaseModel):
    """`values` by the columns' names."""

    id: str
    values: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime


class RowFilter(BaseModel):
    """The shape of `core.if`'s conditions, with a column on the left."""

    model_config = ConfigDict(extra="forbid")

    conditions: Annotated[list[RowCondition], Field(max_length=50)]
    combine: Combine = "and"


class Imported(BaseModel):
    """How many rows of the file were added, and how many were there by their key and are as in the file now."""

    added: int
    changed: int
