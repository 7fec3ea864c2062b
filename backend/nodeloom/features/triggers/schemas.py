"""What the routes of triggers take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

EventId = Annotated[str, Path(pattern=r"^[!-~]{1,100}$")]

NodeId = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f/:]{1,100}$")]


class Listen(BaseModel):
    """`node_id`: only this webhook of the draft; left out: all of them."""

    model_config = ConfigDict(extra="forbid")

    node_id: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] | None = None


class HookAddress(BaseModel):
    node_id: str
    path: str
    method: str
    url: str


class ListeningRead(BaseModel):
    until: datetime
    hooks: list[HookAddress]


class EventSummary(BaseModel):
    """`run_id` is the first run; None where none was started."""

    id: str
    workflow_id: str
    node_id: str
    kind: str
    summary: str
    size: int
    dedupe_key: str | None
    run_id: str | None
    received_at: datetime


class EventRead(EventSummary):
    """`items` are what the trigger made of it."""

    items: list[dict[str, Any]]


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | Literal["live", "draft"] = "live"


class Replayed(BaseModel):
    id: str


class FailureWorkflowWrite(BaseModel):
    """`workflow_id` None: nobody is told of failures by default."""

    model_config = ConfigDict(extra="forbid")

    workflow_id: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] | None


class FailureWorkflowRead(BaseModel):
    """`live`: its published version has the trigger core.on_failure, so that it would start."""

    workflow_id: str | None
    workflow_name: str | None
    live: bool


class SchedulePreview(BaseModel):
    """`times`: the next five, in UTC; fewer if there are no more."""

    times: list[datetime]
    description: str
    timezone: str
