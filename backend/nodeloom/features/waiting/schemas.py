"""What the routes of what waits take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from nodeloom.features.runs.models import WaitReason

RunId = Annotated[str, Path(pattern=r"^[!-~]{1,100}$")]
NodeId = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]+$")]
ScopePath = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
Reasons = Annotated[list[WaitReason] | None, Query()]


class WaitingNode(BaseModel):
    """One node that waits. `text` says for what; `shown_in` is the run whose page shows it (the parent's of a part).

    `url` is where a call resumes it, or where it is approved: for those who may run workflows.
    """

    run_id: str
    shown_in: str
    workflow_id: str
    workflow_name: str
    version: int | None
    node_id: str
    node_title: str
    node_type: str
    path: str
    reason: WaitReason
    text: str
    since: datetime | None
    until: datetime | None
    url: str | None
    message: str | None
    can_resume: bool
    can_decide: bool


class Resume(BaseModel):
    """`payload` is what a call would have sent, or the event's item; left out, it is empty."""

    model_config = ConfigDict(extra="forbid")

    path: ScopePath = ""
    payload: Any = None


class Resumed(BaseModel):
    run_id: str
    node_id: str
    path: str


class Decide(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decision: Literal["approved", "rejected"]
    comment: Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")] = ""
    path: ScopePath = ""


class Decided(BaseModel):
    run_id: str
    node_id: str
    path: str
    decision: Literal["approved", "rejected"]
    by: str
    at: datetime
