"""What the `path` of a trigger stands for: each kind of trigger that has one keeps to a base of its own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HOOKS: Final = "/hooks/"
BASES: Final[Mapping[str, str]] = MappingProxyType(
    {"core.webhook": HOOKS, "core.form": "/forms/", "core.chat": "/chat/"}
)


def claim_of(type_name: str, path: str) -> str:
    """What is unique in the installation: a webhook's path as it is, any other with its base before it.

    Such a claim begins with `-/`, as no path of a webhook can.
    """
    base = BASES.get(type_name, HOOKS)
    path = path.strip("/")
    return path if base == HOOKS else f"-{base}{path}"


def address_of(claim: str) -> str:
    """The address below the installation's own: `/forms/signup`."""
    return claim.removeprefix("-") if claim.startswith("-/") else f"{HOOKS}{claim}"
