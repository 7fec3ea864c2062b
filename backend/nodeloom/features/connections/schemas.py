"""What the connection routes take and give. Secrets are taken, never given."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Health: TypeAlias = Literal["healthy", "unknown", "broken"]
ShownHealth: TypeAlias = Literal["healthy", "unknown", "expiring", "broken"]
# The roles that put connections into workflows.
UsableBy: TypeAlias = Literal["editor", "admin", "owner"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ConnectorName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
ConnectionId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Scope = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[\x21-\x7e]+$")]


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
    usable_by: UsableBy | None = Field(
        default=None, description="The least role that may put it into a workflow; for its owner and admins to say"
    )


class DeleteOptions(BaseModel):
    force: bool = Field(default=False, description="Delete it although workflows use it")


class AccountRead(BaseModel):
    """Whose account it is, in the service's words."""

    id: str
    name: str


class OwnerRead(BaseModel):
    """Who made it; `member_id` is null if a program did."""

    member_id: str | None
    name: str


class ConnectionRead(BaseModel):
    """`scopes` is null where the service doesn't say what it granted; `missing_scopes` are rights that are needed.

    `expires_at` is null for what renews itself. `health` is `expiring` in the last week of what doesn't.
    """

    id: str
    connector: str
    name: str
    health: ShownHealth
    health_detail: str
    auth: str
    account: AccountRead | None
    scopes: list[str] | None
    missing_scopes: list[str]
    expires_at: datetime | None
    usable_by: UsableBy
    owner: OwnerRead
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


class OauthBegin(BaseModel):
    """With `connection_id` that connection is connected anew; `scopes` are asked for beside the usual ones."""

    model_config = ConfigDict(extra="forbid")

    connector: ConnectorName
    name: Name | None = None
    connection_id: ConnectionId | None = None
    scopes: list[Scope] = Field(default_factory=list[Scope], max_length=100)
    auth: Literal["oauth2", "oauth1"] | None = None


class OauthBegun(BaseModel):
    authorize_url: str


class OauthAppRead(BaseModel):
    """The app that asks for accounts of a service. `source` says where it is set up; null: nowhere.

    `redirect_url` and `request_url` are to be entered at the service; `request_url` is null where nothing comes in.
    `secrets` are the names of what it takes, `secrets_set` those that are set.
    """

    connector: str
    title: str
    auth_kinds: list[str]
    source: Literal["settings", "workspace"] | None
    client_id: str | None
    redirect_url: str
    request_url: str | None
    secrets: list[str]
    secrets_set: list[str]


class OauthApps(BaseModel):
    items: list[OauthAppRead]


SecretText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class OauthAppWrite(BaseModel):
    """What is left out stays, as long as the client id does; an empty text takes a secret out."""

    model_config = ConfigDict(extra="forbid")

    client_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    client_secret: SecretText | None = None
    secrets: dict[Annotated[str, StringConstraints(max_length=100)], SecretText] = Field(
        default_factory=dict[str, str], max_length=20
    )


class PublicAddress(BaseModel):
    reachable: bool
    detail: str


class OptionsAsk(BaseModel):
    """`params` are those of the node that the loader depends on."""

    model_config = ConfigDict(extra="forbid")

    loader: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    params: dict[str, Any] = Field(default_factory=dict[str, Any], max_length=100)
    search: Annotated[str, StringConstraints(max_length=500)] = ""
    cursor: Annotated[str, StringConstraints(max_length=4000)] | None = None


class OptionRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    value: str
    label: str
    hint: str


class OptionsRead(BaseModel):
    items: list[OptionRead]
    next_cursor: str | None


class Rebind(BaseModel):
    """Puts the connection `to` in the place of this one; without `workflow_ids` in every workflow."""

    model_config = ConfigDict(extra="forbid")

    to: ConnectionId
    workflow_ids: list[ConnectionId] | None = Field(default=None, max_length=500)


class ReboundRead(BaseModel):
    """`changed`: its draft names the other one now. `needs_publish`: the live version still names this one."""

    model_config = ConfigDict(from_attributes=True)

    workflow_id: str
    name: str
    changed: bool
    needs_publish: bool


class Rebound(BaseModel):
    workflows: list[ReboundRead]
