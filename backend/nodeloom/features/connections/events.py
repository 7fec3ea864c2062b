"""What features above may follow."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ConnectionRenewed:
    """A connection got a new secret: what failed for want of it may work now."""

    workspace_id: str
    connection_id: str


@dataclass(frozen=True)
class ConnectionBroken:
    """The service takes the account no longer, until somebody connects it again."""

    workspace_id: str
    connection_id: str
