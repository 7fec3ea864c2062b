"""The OpenAPI document, with what holds for all routes written into each: who may call, and how it refuses."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from nodeloom.entrypoints.api.access import needed_role, route_contexts
from nodeloom.entrypoints.api.problems import MEDIA_TYPE

_METHODS: Final = frozenset({"get", "put", "post", "patch", "delete"})

_PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "description": "A refusal (RFC 9457): what happened in `detail`, what to do in `hint`.",
    "required": ["type", "title", "status", "detail", "hint"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
    },
}
_FIELD_PROBLEM: Final[dict[str, Any]] = {
    "title": "FieldProblem",
    "type": "object",
    "required": ["severity", "node_id", "field", "code", "message", "hint"],
    "properties": {
        "severity": {"type": "string", "enum": ["error", "warning"]},
        "node_id": {"type": ["string", "null"]},
        "field": {"type": ["string", "null"]},
        "code": {"type": "string"},
        "message": {"type": "string"},
        "hint": {"type": "string"},
    },
}
_SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, `nl_…`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "nodeloom_session",
        "description": "Set by sign-in (`__Host-nodeloom_session` on https); writes carry X-CSRF-Token as well.",
    },
}
_REFUSALS: Final = {
    "400": "The request can't be read.",
    "401": "Nobody is signed in.",
    "403": "The role is too small, or the request may be forged.",
    "404": "It isn't there, or belongs to another workspace.",
    "409": "It doesn't go with the present state.",
    "413": "The body is too large.",
    "422": "Values can't be used.",
    "429": "Too many tries; wait for Retry-After.",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made at the first request for it."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes)
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas.update({"Problem": _PROBLEM, "FieldProblem": _FIELD_PROBLEM})
        # FastAPI's own form of a refusal, which ours replaces.
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        components["securitySchemes"] = _SECURITY_SCHEMES
        _describe_operations(app, document["paths"])
        app.openapi_schema = document
    return app.openapi_schema


def _describe_operations(app: FastAPI, paths: dict[str, Any]) -> None:
    roles = {
        (context.path_format, method.lower()): needed_role(context)
        for context in route_contexts(app)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    }
    for path, operations in paths.items():
        for method in _METHODS & operations.keys():
            _describe_operation(operations[method], roles.get((path, method)))


def _describe_operation(operation: dict[str, Any], role: str | None) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status, meaning in _REFUSALS.items():
        if role is None and status in ("401", "403", "404") and "requestBody" not in operation:
            continue
        described = responses.setdefault(status, {"description": meaning})
        described.setdefault("content", {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}})
    if role is not None:
        operation["security"] = [{"key": []}, {"session": []}]
        operation["x-role"] = role
