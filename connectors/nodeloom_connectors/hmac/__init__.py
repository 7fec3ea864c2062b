"""A signature over the body, as GitHub, Shopify and many others send it."""

import base64
import hmac
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom_connectors.sdk import HEADER_NAME, ApiKey, Connector, IncomingRequest, OutgoingRequest, RequestAuth


class HmacSecret(BaseModel):
    """The defaults are GitHub's."""

    model_config = ConfigDict(extra="forbid")

    secret: SecretStr = Field(title="Secret", min_length=1, max_length=8192)
    header: str = Field(
        default="X-Hub-Signature-256", title="Header", min_length=1, max_length=200, pattern=HEADER_NAME
    )
    algorithm: Literal["sha256", "sha512", "sha1"] = Field(default="sha256", title="Algorithm")
    encoding: Literal["hex", "base64"] = Field(default="hex", title="Encoding")
    prefix: str = Field(
        default="sha256=", title="Prefix", max_length=100, description="Stands before the signature; may be empty."
    )


def apply(secret: HmacSecret, request: OutgoingRequest) -> OutgoingRequest:
    """The request with the signature over its body."""
    return request.with_header(secret.header, secret.prefix + _signature(secret, request.body))


def accepts(secret: HmacSecret, request: IncomingRequest) -> bool:
    """Whether the request carries the right signature over the body as it was received."""
    given = request.headers.get(secret.header.lower(), "").strip()
    if not given.startswith(secret.prefix):
        return False
    given = given.removeprefix(secret.prefix)
    given = given.lower() if secret.encoding == "hex" else given
    return hmac.compare_digest(given.encode(), _signature(secret, request.body).encode())


def _signature(secret: HmacSecret, body: bytes) -> str:
    digest = hmac.digest(secret.secret.get_secret_value().encode(), body, secret.algorithm)
    return digest.hex() if secret.encoding == "hex" else base64.b64encode(digest).decode()


connector = Connector(
    name="hmac",
    title="HMAC signature",
    icon="signature",
    color="#dc2626",
    description="Signs the body with a shared secret, and checks such signatures.",
    auth=ApiKey(fields=HmacSecret),
    kind="secret",
    request_auth=RequestAuth(apply=apply, accepts=accepts, signs_body=True),
)
