"""What each route of the application asks of its caller, read from the routes themselves."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from nodeloom.features.accounts.caller import Needs
from nodeloom.features.accounts.roles import Role

# The routes that ask for nobody's role, each for its own reason; all others have to.
PUBLIC: Final = frozenset(
    {
        ("GET", "/api/v1/auth/state"),  # says whether there is anybody yet
        ("POST", "/api/v1/auth/setup"),  # makes the first person
        ("POST", "/api/v1/auth/login"),
        ("GET", "/api/v1/invites/{invite}"),  # the token in it is what lets look
        ("POST", "/api/v1/invites/{invite}"),  # makes a person, like the set-up
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/docs"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/oauth/callback"),  # the state that it carries says who began
        ("GET", "/forms/{path}"),  # pages for strangers; those for members look who comes themselves
        ("POST", "/forms/{path}"),
        ("GET", "/chat/{path}"),
        ("GET", "/chat/-/messages"),  # whose chat it is says a token of the visitor's own
        ("POST", "/chat/-/messages"),
        ("POST", "/chat/-/messages/retry"),
        ("GET", "/chat/-/events"),
        ("GET", "/approvals/{token}"),  # the token in it is what lets look; who may decide is asked there
        ("HEAD", "/approvals/{token}"),
        ("POST", "/approvals/{token}"),
    }
)


def route_contexts(app: FastAPI) -> Iterator[RouteContext]:
    return iter_route_contexts(app.routes)


def needed_role(route: RouteContext) -> Role | None:
    """The role that a route asks for, or None where it asks for none."""
    dependant: Dependant | None = getattr(route, "dependant", None)
    return next((call.role for call in _calls(dependant) if isinstance(call, Needs)), None) if dependant else None


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
