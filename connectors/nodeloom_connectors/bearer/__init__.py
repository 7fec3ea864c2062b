"""A token in the Authorization header (RFC 6750)."""

from hmac import compare_digest

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom_connectors.sdk import ApiKey, Connector, IncomingRequest, OutgoingRequest, RequestAuth


class BearerSecret(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    token: SecretStr = Field(title="Token", min_length=1, max_length=8192)


def apply(secret: BearerSecret, request: OutgoingRequest) -> OutgoingRequest:
    """The request with the token."""
    return request.with_header("Authorization", f"Bearer {secret.token.get_secret_value()}")


def accepts(secret: BearerSecret, request: IncomingRequest) -> bool:
    """Whether the request carries the token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(
        token.strip().encode(), secret.token.get_secret_value().encode()
    )


connector = Connector(
    name="bearer",
    title="Bearer token",
    icon="key-round",
    color="#7c3aed",
    description="A token that goes along as Authorization: Bearer.",
    auth=ApiKey(fields=BearerSecret),
    kind="secret",
    request_auth=RequestAuth(apply=apply, accepts=accepts),
)
