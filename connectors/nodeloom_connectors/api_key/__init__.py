"""A key in a header or a query parameter."""

from hmac import compare_digest
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, model_validator

from nodeloom_connectors.sdk import (
    ApiKey,
    Connector,
    IncomingRequest,
    OutgoingRequest,
    RequestAuth,
    is_header_name,
)


class ApiKeySecret(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(default="X-API-Key", title="Name", min_length=1, max_length=200)
    value: SecretStr = Field(
        title="Key", min_length=1, max_length=8192, validation_alias=AliasChoices("value", "api_key")
    )
    place: Literal["header", "query"] = Field(default="header", title="Goes into", alias="in")

    @model_validator(mode="after")
    def _name_fits(self) -> "ApiKeySecret":
        if self.place == "header" and not is_header_name(self.name):
            raise ValueError(f"{self.name!r} can't be the name of a header.")
        return self


def apply(secret: ApiKeySecret, request: OutgoingRequest) -> OutgoingRequest:
    """The request with the key."""
    if secret.place == "query":
        return request.with_query(secret.name, secret.value.get_secret_value())
    return request.with_header(secret.name, secret.value.get_secret_value())


def accepts(secret: ApiKeySecret, request: IncomingRequest) -> bool:
    """Whether the request carries the key where it belongs."""
    place = request.query if secret.place == "query" else request.headers
    name = secret.name if secret.place == "query" else secret.name.lower()
    return compare_digest(place.get(name, "").encode(), secret.value.get_secret_value().encode())


connector = Connector(
    name="api_key",
    title="API key",
    icon="key",
    color="#16a34a",
    description="A key in a header or a query parameter.",
    auth=ApiKey(fields=ApiKeySecret),
    kind="secret",
    request_auth=RequestAuth(apply=apply, accepts=accepts),
)
