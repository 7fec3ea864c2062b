"""What the routes of described APIs take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

_LARGEST = 10 * 1024 * 1024


class ApiDescription(BaseModel):
    """The document itself, or the address it is fetched from; servers may be relative to that."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    document: Annotated[str, StringConstraints(max_length=_LARGEST)] | None = Field(
        default=None, description="An OpenAPI document as text, JSON or YAML"
    )
    address: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://")] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "ApiDescription":
        if not self.document and not self.address:
            raise ValueError("Give the document, or the address it is fetched from.")
        return self


class SkippedOperation(BaseModel):
    """An operation that did not become a node type, and why."""

    operation: str
    reason: str


class ApiRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    address: str | None
    operations: int
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


class ApiMade(ApiRead):
    """`skipped` are the operations that can't be called from here."""

    skipped: list[SkippedOperation]


class Apis(BaseModel):
    items: list[ApiRead]
