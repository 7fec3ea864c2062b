"""One secret header."""

from hmac import compare_digest

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom_connectors.sdk import HEADER_NAME, ApiKey, Connector, IncomingRequest, OutgoingRequest, RequestAuth


class HeaderSecret(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(title="Header name", min_length=1, max_length=200, pattern=HEADER_NAME, examples=["X-Token"])
    value: SecretStr = Field(title="Value", min_length=1, max_length=8192)


def apply(secret: HeaderSecret, request: OutgoingRequest) -> OutgoingRequest:
    """The request with the header."""
    return request.with_header(secret.name, secret.value.get_secret_value())


def accepts(secret: HeaderSecret, request: IncomingRequest) -> bool:
    """Whether the request carries the header with this very value."""
    given = request.headers.get(secret.name.lower(), "")
    return compare_digest(given.encode(), secret.value.get_secret_value().encode())


connector = Connector(
    name="header",
    title="Header",
    icon="tag",
    color="#0891b2",
    description="A header of your choice with a secret value.",
    auth=ApiKey(fields=HeaderSecret),
    kind="secret",
    request_auth=RequestAuth(apply=apply, accepts=accepts),
)
