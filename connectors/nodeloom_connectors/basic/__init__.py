"""A user name and a password in the Authorization header (RFC 7617)."""

import base64
import binascii
from hmac import compare_digest

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom_connectors.sdk import Basic, Connector, IncomingRequest, OutgoingRequest, RequestAuth


class BasicSecret(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: str = Field(title="User name", max_length=1024, pattern=r"^[^:]*$", description="Without a colon.")
    password: SecretStr = Field(title="Password", max_length=8192)


def apply(secret: BasicSecret, request: OutgoingRequest) -> OutgoingRequest:
    """The request with name and password."""
    return request.with_header("Authorization", f"Basic {base64.b64encode(_pair(secret)).decode()}")


def accepts(secret: BasicSecret, request: IncomingRequest) -> bool:
    """Whether the request carries this name and password."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and compare_digest(pair, _pair(secret))


def _pair(secret: BasicSecret) -> bytes:
    return f"{secret.username}:{secret.password.get_secret_value()}".encode()


connector = Connector(
    name="basic",
    title="Basic auth",
    icon="user-round",
    color="#ca8a04",
    description="A user name and a password.",
    auth=Basic(fields=BasicSecret),
    kind="secret",
    request_auth=RequestAuth(apply=apply, accepts=accepts),
)
