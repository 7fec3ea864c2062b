"""The one place that asks for a role: a route states what it needs, and gets to know who calls.

    async def publish(caller: Editor, ...) -> ...

Put the caller before the session among the parameters, so that nobody unknown makes us open a transaction.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from nodeloom.features.accounts.errors import Forbidden
from nodeloom.features.accounts.identity import Caller, SignedIn, identify
from nodeloom.features.accounts.roles import Role, covers

__all__ = [
    "Admin",
    "AdminBrowser",
    "Browser",
    "Caller",
    "Editor",
    "Needs",
    "Owner",
    "OwnerBrowser",
    "Runner",
    "Viewer",
    "needs",
]


@dataclass(frozen=True)
class Needs:
    """A dependency that lets through whoever holds `role` or one above it."""

    role: Role

    async def __call__(self, request: Request) -> Caller:
        caller = await identify(request)
        if not covers(caller.role, self.role):
            raise Forbidden(f"This takes the role {self.role} or one above it; yours is {caller.role}.")
        return caller


class NeedsBrowser(Needs):
    """The same, for what concerns a person and makes no sense for an API key."""

    async def __call__(self, request: Request) -> SignedIn:
        caller = await super().__call__(request)
        if not isinstance(caller, SignedIn):
            raise Forbidden("An API key is nobody's session.", hint="Sign in with e-mail and password for this.")
        return caller


def needs(role: Role) -> Needs:
    return Needs(role)


Viewer = Annotated[Caller, Depends(needs("viewer"))]
Runner = Annotated[Caller, Depends(needs("runner"))]
Editor = Annotated[Caller, Depends(needs("editor"))]
Admin = Annotated[Caller, Depends(needs("admin"))]
Owner = Annotated[Caller, Depends(needs("owner"))]
Browser = Annotated[SignedIn, Depends(NeedsBrowser("viewer"))]
AdminBrowser = Annotated[SignedIn, Depends(NeedsBrowser("admin"))]
OwnerBrowser = Annotated[SignedIn, Depends(NeedsBrowser("owner"))]
