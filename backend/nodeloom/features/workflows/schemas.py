"""What the routes of workflows take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# PostgreSQL can't store the character NUL in text, and no name needs a control character.
_NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_CONTROL)]
Folder = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_CONTROL)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=_NO_CONTROL)]
Tags = Annotated[list[Tag], Field(max_length=20)]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=r"^[^\x00]*$")]
Search = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]

WorkflowId = Annotated[str, Path(pattern=r"^[!-~]{1,100}$")]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WorkflowCreate(_Body):
    name: Name
    graph: dict[str, Any] | None = None
    folder: Folder = ""
    tags: Tags = Field(default_factory=list[str])


class WorkflowPatch(_Body):
    """A field that is left out stays as it is."""

    name: Name = ""
    folder: Folder = ""
    tags: Tags = Field(default_factory=list[str])


class DraftPut(_Body):
    """`revision` is the one that the graph was drawn on."""

    graph: dict[str, Any]
    # The next one has to fit as well.
    revision: int = Field(ge=0, le=2**31 - 2)


class Publish(_Body):
    note: Comment = ""


class Rollback(_Body):
    version: int = Field(ge=1, le=2**31 - 1)


class ProblemRead(BaseModel):
    severity: Literal["error", "warning"]
    node_id: str | None
    field: str | None
    code: str
    message: str
    hint: str


class WorkflowSummary(BaseModel):
    """`draft_errors` counts the errors found when the draft was last saved."""

    id: str
    name: str
    folder: str
    tags: list[str]
    revision: int
    draft_errors: int
    published_version: int | None
    draft_published: bool
    created_at: datetime
    updated_at: datetime


class WorkflowRead(WorkflowSummary):
    graph: dict[str, Any]
    problems: list[ProblemRead]


class DraftSaved(BaseModel):
    revision: int
    problems: list[ProblemRead]


class Published(BaseModel):
    version: int


class VersionSummary(BaseModel):
    version: int
    note: str
    live: bool
    created_by: str
    created_at: datetime


class VersionRead(VersionSummary):
    graph: dict[str, Any]
