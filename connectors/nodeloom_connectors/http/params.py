"""The parameters of `http.request`, and what a call with them does to the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from nodeloom_connectors.sdk import Effect, EffectBy

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
Scalar: TypeAlias = str | int | float | bool | None

_EFFECTS: dict[str, Effect] = {
    "GET": "read",
    "HEAD": "read",
    "OPTIONS": "read",
    "PUT": "idempotent",
    "DELETE": "idempotent",
    "POST": "once",
    "PATCH": "once",
}


class NamedValue(BaseModel):
    """One query parameter, header or form field; `file` names a file of the item (multipart only)."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(title="Name", min_length=1)
    value: Scalar = Field(default="", title="Value")
    file: str | None = Field(default=None, title="File of the item", json_schema_extra={"x-advanced": True})

    @property
    def text(self) -> str:
        """The value as it goes over the wire: true and false in lower case, nothing for null."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return "" if self.value is None else str(self.value)


def pairs_of(given: object) -> object:
    """An object as a list of pairs, a list value as several pairs of one name; a list stays as it is."""
    if given is None:
        return []
    if not isinstance(given, Mapping):
        return given
    pairs: list[object] = []
    for name, value in cast("Mapping[str, object]", given).items():
        values = cast("Iterable[object]", value) if isinstance(value, list) else [value]
        pairs.extend({"name": name, "value": each} for each in values)
    return pairs


Pairs: TypeAlias = Annotated[list[NamedValue], BeforeValidator(pairs_of)]


class AuthChoice(BaseModel):
    """Which kind of secret goes with the request, and the connection that holds it."""

    model_config = ConfigDict(extra="forbid", validate_default=True)

    kind: Literal["none", "header", "bearer", "basic", "hmac", "api_key"] = Field(
        default="none",
        title="Kind",
        json_schema_extra={
            "x-labels": {
                "header": "Secret header",
                "bearer": "Bearer token",
                "basic": "User and password",
                "hmac": "Signature (HMAC)",
                "api_key": "API key",
            }
        },
    )
    connection_id: str | None = Field(default=None, title="Connection")

    @field_validator("connection_id", mode="after")
    @classmethod
    def _named_where_needed(cls, connection_id: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("kind", "none") != "none" and not connection_id:
            raise ValueError("Choose the connection that holds the secret.")
        return connection_id


class Paging(BaseModel):
    """How to go on to the next page; the items of all pages are joined into one list."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["next_url", "page", "cursor"] = Field(
        title="Next page by",
        json_schema_extra={
            "x-labels": {"next_url": "An address in the answer", "page": "A page number", "cursor": "A cursor"}
        },
    )
    items_path: str = Field(
        default="", title="Items at", description="Dotted path to the list in each page; empty: the whole body."
    )
    next_path: str = Field(
        default="",
        title="Next address at",
        description="Dotted path in the body; empty: the Link header with rel=next.",
        json_schema_extra={"x-show-if": {"mode": "next_url"}},
    )
    param: str = Field(
        default="",
        title="Query parameter",
        description="Carries the page number or cursor; empty: page or cursor.",
        json_schema_extra={"x-show-if": {"mode": ["page", "cursor"]}},
    )
    first_page: int = Field(default=1, ge=0, title="First page", json_schema_extra={"x-show-if": {"mode": "page"}})
    cursor_path: str = Field(
        default="next_cursor", title="Cursor at", json_schema_extra={"x-show-if": {"mode": "cursor"}}
    )
    max_pages: int = Field(default=10, ge=1, le=1000, title="At most pages")


class RequestParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    method: Method = Field(default="GET", title="Method")
    url: str = Field(title="URL", min_length=1, max_length=8192, examples=["https://api.example.com/orders"])
    auth: AuthChoice = Field(default_factory=AuthChoice, title="Authentication", json_schema_extra={"x-widget": "auth"})
    query: Pairs = Field(default=[], title="Query parameters", json_schema_extra={"x-widget": "key-value"})
    headers: Pairs = Field(default=[], title="Headers", json_schema_extra={"x-widget": "key-value"})
    body_type: Literal["none", "json", "form", "multipart", "text", "file"] = Field(
        default="json",
        title="Body type",
        json_schema_extra={
            "x-labels": {"json": "JSON", "multipart": "Form with files", "file": "File of the item"},
            "x-show-if": {"method": ["POST", "PUT", "PATCH", "DELETE"]},
        },
    )
    body: JsonValue = Field(
        default=None,
        title="Body",
        description="For a form: its fields. For a file: the name it has on the item (the only one, if left empty).",
        json_schema_extra={"x-show-if": {"method": ["POST", "PUT", "PATCH", "DELETE"]}},
    )
    response: Literal["auto", "json", "text", "file"] = Field(
        default="auto", title="Response", json_schema_extra={"x-labels": {"auto": "By its content type"}}
    )
    timeout_s: float = Field(default=30, gt=0, le=3600, title="Timeout (seconds)")
    paging: Paging | None = Field(default=None, title="Paging", json_schema_extra={"x-advanced": True})
    follow_redirects: bool = Field(default=True, title="Follow redirects", json_schema_extra={"x-advanced": True})
    fail_on_error_status: bool = Field(
        default=True,
        title="Fail on an error status",
        description="Off: an answer of 400 and above is an ordinary item.",
        json_schema_extra={"x-advanced": True},
    )
    max_response_mb: float | None = Field(
        default=None,
        gt=0,
        le=10_240,
        title="Largest response (MB)",
        description="Empty: 10 MB for data, 1024 MB for a file.",
        json_schema_extra={"x-advanced": True},
    )

    @field_validator("method", mode="before")
    @classmethod
    def _in_capitals(cls, method: object) -> object:
        return method.upper() if isinstance(method, str) and "{{" not in method else method

    @field_validator("paging")
    @classmethod
    def _pages_are_read(cls, paging: Paging | None, info: ValidationInfo) -> Paging | None:
        if paging is not None and info.data.get("method", "GET") != "GET":
            raise ValueError("Only GET requests can be paged.")
        return paging

    @property
    def has_idempotency_key(self) -> bool:
        return any(header.name.lower() == "idempotency-key" for header in self.headers)


def effect_of_request(params: RequestParams) -> Effect:
    """By method; a POST or PATCH with an Idempotency-Key may be repeated, since the service keeps the key."""
    effect = _EFFECTS[params.method]
    return "idempotent" if effect == "once" and params.has_idempotency_key else effect


EFFECT = EffectBy(param="method", values=_EFFECTS, resolve=effect_of_request)


def value_at(body: Any, path: str) -> Any:
    """The value at a dotted path ("data.items", "pages.0.next"); None if there is none. Empty: the body itself."""
    for step in path.split(".") if path else ():
        if isinstance(body, dict):
            body = cast("dict[str, Any]", body).get(step)
        elif isinstance(body, list) and step.isdecimal():
            entries = cast("list[Any]", body)
            body = entries[int(step)] if int(step) < len(entries) else None
        else:
            return None
    return body
