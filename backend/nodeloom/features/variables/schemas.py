"""What the variable routes take and give. Secret values are taken, never given."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue

Name = Annotated[
    str, Path(max_length=100, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="As expressions write it: `$vars.name`")
]


class VariablePut(BaseModel):
    """What is left out stays as it is; a new variable needs a value, and is not secret unless it says so."""

    model_config = ConfigDict(extra="forbid")

    value: JsonValue = Field(default=None, description="Any JSON; a secret is a text of at least 4 characters")
    secret: bool | None = None
    description: Annotated[str, Field(max_length=500)] | None = None


class VariableRead(BaseModel):
    """`value` is null where it is secret."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    value: JsonValue
    secret: bool
    description: str
    updated_by: str
    created_at: datetime
    updated_at: datetime
