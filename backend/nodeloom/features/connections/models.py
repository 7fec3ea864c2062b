"""A connection and, apart from it, its sealed secret; the apps that ask for accounts, and the ways to consent begun."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field

from nodeloom.adapters.columns import Json, Table, UtcTime


class Connection(Table, table=True):
    """`health` is what the last check or use said; `created_by` is the name of who made it.

    `auth` is the way by which it was made. `account_id` and `account_name` are the service's words for whose account
    it is. `scopes` None: the service does not say what it granted. `expires_at` is when it ends unless it is connected
    again; None for what renews itself. `usable_by` is the least role that may put it into a workflow.
    """

    __tablename__ = "connection"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_connection_workspace", "workspace_id", "id"),
        Index("ix_connection_account", "connector", "account_id"),
        CheckConstraint("health IN ('healthy', 'unknown', 'broken')", name="health"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="workspace.id")
    connector: str
    name: str
    health: str
    health_detail: str
    auth: str
    account_id: str | None = None
    account_name: str | None = None
    scopes: list[str] | None = Field(default=None, sa_type=Json)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    usable_by: str = "editor"
    owner_member_id: str | None = None
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Credential(Table, table=True):
    """The secret under envelope encryption, bound to its row: it opens nowhere else. The sealed form names its key.

    `generation` counts the secrets that stood here; sealing one anew changes nothing. `client_id` is that of the app
    that asked for the account. Whoever renews the tokens holds the lease until they are written; `retry_at` keeps
    everybody away from a token endpoint that failed. `refused_at`: the service said that this secret is at its end, so
    it is not asked again.
    """

    __tablename__ = "credential"  # pyright: ignore[reportAssignmentType]

    connection_id: str = Field(primary_key=True, foreign_key="connection.id", ondelete="CASCADE")
    workspace_id: str
    ciphertext: bytes = Field(sa_type=LargeBinary)
    obtained_at: datetime = Field(sa_type=UtcTime)
    generation: int = 1
    client_id: str | None = None
    lease_holder: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    retry_at: datetime | None = Field(default=None, sa_type=UtcTime)
    refused_at: datetime | None = Field(default=None, sa_type=UtcTime)


class OauthApp(Table, table=True):
    """A workspace's own app at a service. `ciphertext` holds the client's secret and what else the service gave."""

    __tablename__ = "oauth_app"  # pyright: ignore[reportAssignmentType]

    workspace_id: str = Field(primary_key=True, foreign_key="workspace.id")
    connector: str = Field(primary_key=True)
    client_id: str
    ciphertext: bytes = Field(sa_type=LargeBinary)
    secret_names: list[str] = Field(sa_type=Json)
    updated_at: datetime = Field(sa_type=UtcTime)


class OauthFlow(Table, table=True):
    """Somebody is at a service's consent page. It comes back once, with the state, to the browser with the nonce.

    `ciphertext` holds what only we may know: the code verifier, or the secret of the request token. `used_at` stays, so
    that the second time can be told from an address that was made up.
    """

    __tablename__ = "oauth_flow"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_oauth_flow_expires_at", "expires_at"),)

    state_hash: str = Field(primary_key=True)
    nonce_hash: str
    workspace_id: str = Field(foreign_key="workspace.id")
    member_id: str | None = None
    person_id: str | None = None
    key_id: str | None = None
    caller_name: str
    connector: str
    auth: str
    name: str
    connection_id: str | None = None
    scopes: list[str] = Field(sa_type=Json)
    client_id: str
    ciphertext: bytes = Field(sa_type=LargeBinary)
    redirect_uri: str
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
