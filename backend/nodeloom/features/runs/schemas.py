"""Runs as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nodeloom.features.runs.models import NodeRunStatus, RunStatus, WaitReason


class Waiting(BaseModel):
    """`url` is the address that a call resumes the run by, or the page on which somebody approves."""

    reason: WaitReason
    until: datetime | None
    url: str | None


class ErrorRead(BaseModel):
    # What an error lacks is filled in: whoever reads it finds every field.
    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=True)

    code: str
    message: str
    hint: str = ""
    node_id: str | None = None


class NodeRunRead(BaseModel):
    node_id: str
    path: str
    status: NodeRunStatus
    waiting: Waiting | None
    attempt: int
    started_at: datetime | None
    finished_at: datetime | None
    items_in: int
    items_out: int
    port: str | None
    ports: dict[str, int]
    cost_usd: str
    error: ErrorRead | None


class ParentRead(BaseModel):
    """The node of another run that started this one, for its item `index`."""

    run_id: str
    node_id: str
    path: str
    index: int


class ChildRead(BaseModel):
    """A run of another workflow that a node of this one started, for its item `index`."""

    id: str
    workflow_id: str
    workflow_name: str
    node_id: str
    path: str
    index: int
    status: RunStatus
    created_at: datetime
    finished_at: datetime | None


class RunSummary(BaseModel):
    id: str
    workflow_id: str
    workflow_name: str
    version: int | None
    trigger: str
    trigger_kind: str
    event_id: str | None
    retry_of: str | None
    parent: ParentRead | None
    status: RunStatus
    waiting: Waiting | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cost_usd: str
    error: ErrorRead | None


class RunRead(RunSummary):
    """`output` holds the JSON of the items of all end nodes that ran, in graph order; None until the run succeeded.

    `children` are the first 200 of `children_count` runs that it started.
    """

    output: list[Any] | None
    node_runs: list[NodeRunRead]
    children: list[ChildRead]
    children_count: int


class RunStart(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input: dict[str, Any] | list[Any] | None = None
    trigger: str | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | Literal["draft", "live"] | None = None
    wait_s: float = Field(default=0, ge=0, le=60)


class RunRetry(BaseModel):
    """`failed_items_of` is a map (or loop) of which only the items that failed run again."""

    model_config = ConfigDict(extra="forbid")

    from_node: str | None = Field(default=None, max_length=200)
    failed_items_of: str | None = Field(default=None, max_length=200)
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | Literal["draft", "live", "same"] | None = None

    @model_validator(mode="after")
    def _from_one_place(self) -> "RunRetry":
        if self.from_node is not None and self.failed_items_of is not None:
            raise ValueError("name a node to begin from or a map whose failed items run again: one of the two")
        return self


class RunStarted(BaseModel):
    id: str
    status: RunStatus


class ItemsPage(BaseModel):
    """Item documents `{json, files?, origin?}`; `ports` counts the items of every port (or input)."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    port: str | None
    ports: dict[str, int]
    total: int


class LogLineRead(BaseModel):
    """A line of a run's log; `seq` orders them and is the same in the live stream. Without a node: about the run."""

    run_id: str
    seq: int
    at: datetime
    node_id: str | None
    path: str
    level: Literal["debug", "info", "warning", "error"]
    text: str


class PeriodCounters(BaseModel):
    """Runs that ended, and how long those that succeeded took: half of them, and 95 of 100, no longer than this."""

    succeeded: int
    failed: int
    cancelled: int
    p50_ms: int | None
    p95_ms: int | None


class WorkflowCounters(BaseModel):
    """What is under way, and what came of the runs of the last 24 hours and 7 days; `capped`: of the newest ones."""

    workflow_id: str
    queued: int
    running: int
    waiting: int
    day: PeriodCounters
    week: PeriodCounters
    capped: bool
    last_run: RunSummary | None


class WorkflowPulse(BaseModel):
    """What became of a workflow's runs of the last 24 hours."""

    workflow_id: str
    succeeded: int
    failed: int
    cancelled: int
    under_way: int


class AttemptRead(BaseModel):
    item: int
    number: int
    status: Literal["intent", "succeeded", "failed", "unknown"]
    effect: str
    summary: str
    idempotency_key: str
    started_at: datetime
    finished_at: datetime | None
    error: ErrorRead | None


class OutcomeRead(BaseModel):
    run_id: str
    workflow_id: str
    workflow_name: str
    node_id: str
    path: str
    item: int
    effect: str
    summary: str
    idempotency_key: str
    started_at: datetime
    error: ErrorRead | None


class Resolve(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outcome: Literal["happened", "did_not_happen"]
    output: dict[str, Any] | list[dict[str, Any]] | None = None
    path: str = ""
    item: Annotated[int, Field(ge=0)] | None = None


class ArtifactRead(BaseModel):
    id: str
    name: str
    size: int
    media_type: str
    sha256: str
