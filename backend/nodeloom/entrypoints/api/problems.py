"""Every error of the API is a problem document (RFC 9457); here the frameworks' own become one."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from nodeloom.adapters.problem import TYPE_BASE, ApiProblem

MEDIA_TYPE = "application/problem+json"

_HINTS = {
    400: "Check that the body is what its Content-Type says.",
    404: "Check the address; GET /api/v1/openapi.json lists all routes.",
    405: "Use one of the methods that the header Allow names.",
    413: "Send less, or raise NODELOOM_MAX_PAYLOAD_MB.",
    415: "Send JSON with Content-Type: application/json.",
}


class MalformedJson(ApiProblem):
    status = 400
    code = "malformed_json"
    title = "The body is not JSON"
    hint = "Check the body at the place that is named."


class InvalidRequest(ApiProblem):
    status = 422
    code = "invalid"
    title = "The request holds values that can't be used"
    hint = "Correct the fields that `problems` names."


class TooLarge(ApiProblem):
    status = 413
    code = "too_large"
    title = "The body is too large"
    hint = _HINTS[413]


class Unavailable(ApiProblem):
    status = 503
    code = "unavailable"
    title = "This can't be stored or read at the moment"
    hint = "Nothing was changed. Send it again after Retry-After; `nodeloom doctor` says what is missing."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


class Unexpected(ApiProblem):
    status = 500
    code = "unexpected"
    title = "Something went wrong on our side"
    hint = "Try again; if it stays, search the server's log for the error id."


def install(app: FastAPI) -> None:
    app.add_exception_handler(ApiProblem, _api_problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)


def respond(problem: ApiProblem) -> Response:
    return _response(problem.document(), problem.headers)


def field_problem(field: str, code: str, message: str, hint: str = "") -> dict[str, Any]:
    return {"severity": "error", "node_id": None, "field": field, "code": code, "message": message, "hint": hint}


async def _api_problem(_: Request, refusal: Exception) -> Response:
    return respond(cast("ApiProblem", refusal))


async def _http_exception(_: Request, refusal: Exception) -> Response:
    refused = cast("HTTPException", refusal)
    status = HTTPStatus(refused.status_code)
    document = {
        "type": TYPE_BASE + status.phrase.lower().replace(" ", "_").replace("-", "_"),
        "title": status.phrase,
        "status": status.value,
        "detail": refused.detail,
        "hint": _HINTS.get(status.value, ""),
    }
    return _response(document, refused.headers)


async def _invalid_request(_: Request, refusal: Exception) -> Response:
    errors = cast("Sequence[Mapping[str, Any]]", cast("RequestValidationError", refusal).errors())
    for error in errors:
        if error["type"] == "json_invalid":
            return respond(MalformedJson(f"{error['ctx']['error']} at character {error['loc'][-1]}."))
    found = [_problem(error) for error in errors]
    return respond(InvalidRequest(f"{found[0]['field']}: {found[0]['message']}", problems=found))


def _problem(error: Mapping[str, Any]) -> dict[str, Any]:
    return field_problem(_field(error["loc"]), error["type"], error["msg"].removeprefix("Value error, "))


def _field(location: Sequence[str | int]) -> str:
    """`("body", "fields", 0, "value")` as `fields[0].value`; what is wrong as a whole is named by where it is."""
    source, *path = location
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return field or str(source)


def _response(document: Mapping[str, Any], headers: Mapping[str, str] | None) -> Response:
    # Not orjson: what a refusal repeats of the request may hold what UTF-8 can't.
    return Response(json.dumps(document), document["status"], dict(headers or {}), MEDIA_TYPE)
