"""Who may do what with a connection: using it is for roles, changing it for its owner and for admins."""

from typing import cast

from nodeloom.features.accounts.caller import Caller
from nodeloom.features.accounts.roles import Role, covers
from nodeloom.features.connections.errors import NotYours
from nodeloom.features.connections.models import Connection


def may_use(caller: Caller, row: Connection) -> None:
    if not is_usable(caller.role, row):
        raise NotYours(f"“{row.name}” is for the role {row.usable_by} and above; yours is {caller.role}.")


def is_usable(role: Role, row: Connection) -> bool:
    return covers(role, cast("Role", row.usable_by))


def may_change(caller: Caller, row: Connection) -> None:
    """What a program connected belongs to nobody: every editor may change it."""
    if row.owner_member_id not in (None, caller.member_id) and not covers(caller.role, "admin"):
        raise NotYours(f"“{row.name}” was connected by {row.created_by}; others may use it, not change it.")
