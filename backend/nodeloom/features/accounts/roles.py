"""The five roles, each holding all rights of those below it."""

from typing import Literal, TypeAlias

Role: TypeAlias = Literal["owner", "admin", "editor", "runner", "viewer"]

_RANK: dict[Role, int] = {"viewer": 0, "runner": 1, "editor": 2, "admin": 3, "owner": 4}


def covers(role: Role, needed: Role) -> bool:
    """Whether `role` may do what asks for `needed`."""
    return _RANK[role] >= _RANK[needed]


def at_least(role: Role) -> list[Role]:
    """The role and those above it."""
    return [other for other in _RANK if covers(other, role)]
