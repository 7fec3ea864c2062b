"""What the connection routes take and give. Secrets are taken, never given."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Health: TypeAlias = Literal["healthy", "unknown", "broken"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConnectionCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    connector: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    name: Name
    secret: dict[str, Any] = Field(description="As the connector's `secret_schema` says")


class ConnectionChange(BaseModel):
    """What is left out stays as it is; a connection can't move to another connector."""

    model_config = ConfigDict(extra="forbid")

    connector: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    name: Name | None = None
    secret: dict[str, Any] | None = None


class DeleteOptions(BaseModel):
    force: bool = Field(default=False, description="Delete it although workflows use it")


class ConnectionRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    connector: str
    name: str
    health: Health
    health_detail: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    last_used_at: datetime | None


class UseRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    workflow_id: str
    name: str
    published: bool


class UsedBy(BaseModel):
    items: list[UseRead]
