"""How an account of a described API is made: a form by what the document says of its security."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr, create_model

from nodeloom_connectors.http.openapi.document import ApiDocument, Node
from nodeloom_connectors.sdk import (
    ApiKey,
    Auth,
    NoAuth,
    OAuth2,
    OAuth2Token,
    OutgoingRequest,
    is_header_name,
    secret_values,
)

Apply: TypeAlias = Callable[[Any, OutgoingRequest], OutgoingRequest]


class AddressForm(BaseModel):
    """What every account of a described API may say."""

    model_config = ConfigDict(extra="forbid")

    base_url: str = Field(default="", title="Address", description="Where the API is; empty: as its document says.")


@dataclass(frozen=True)
class Accounts:
    """The ways to connect, the first one offered first, and how a secret goes with a request."""

    auths: tuple[Auth, ...]
    apply: Apply


@dataclass(frozen=True)
class _Scheme:
    """The fields of one security scheme, and what they do to a request."""

    fields: Mapping[str, tuple[Any, Any]]
    apply: Apply


def accounts_of(document: ApiDocument) -> Accounts:
    """Without a scheme that we know there is no account."""
    oauth = next((found for each in document.security for scheme in each.values() if (found := _oauth(scheme))), None)
    typed = next((found for each in document.security if (found := _typed(each))), None)
    if oauth is None and typed is None:
        return Accounts((NoAuth(),), lambda _, request: request)
    schemes = typed or [_bearer("token", "Token")]
    fields: dict[str, Any] = {name: field for scheme in schemes for name, field in scheme.fields.items()}
    form = ApiKey(create_model("ApiAccount", __base__=AddressForm, **fields))

    def apply(secret: Any, request: OutgoingRequest) -> OutgoingRequest:
        if isinstance(secret, OAuth2Token):
            return request.with_header("Authorization", f"Bearer {secret.access_token.get_secret_value()}")
        for scheme in schemes:
            request = scheme.apply(secret, request)
        return request

    return Accounts((oauth, form) if oauth is not None else (form,), apply)


def secrets_of(secret: BaseModel | None) -> tuple[str, ...]:
    return secret_values(secret) if secret is not None else ()


def _typed(together: Mapping[str, Node]) -> list[_Scheme] | None:
    """The schemes that have to be there together; None if one of them can't be typed."""
    alone = len(together) == 1
    found = [_scheme(name, scheme, alone=alone) for name, scheme in together.items()]
    known = [scheme for scheme in found if scheme is not None]
    return known if len(known) == len(found) else None


def _scheme(called: str, scheme: Node, *, alone: bool) -> _Scheme | None:
    kind, way = _text(scheme, "type").lower(), _text(scheme, "scheme").lower()
    title = "" if alone else called
    if kind == "basic" or (kind == "http" and way == "basic"):
        return _basic()
    if kind == "http" and way == "bearer":
        return _bearer("token" if alone else _name(called), title or "Token")
    return _key("key" if alone else _name(called), title or "Key", _text(scheme, "name"), _text(scheme, "in"), kind)


def _key(field: str, title: str, name: str, place: str, kind: str) -> _Scheme | None:
    if kind != "apikey" or not name or place not in ("query", "header") or not is_header_name(name):
        return None

    def apply(secret: Any, request: OutgoingRequest) -> OutgoingRequest:
        value = getattr(secret, field).get_secret_value()
        return request.with_query(name, value) if place == "query" else request.with_header(name, value)

    return _Scheme({field: _secret(title)}, apply)


def _bearer(field: str, title: str) -> _Scheme:
    def apply(secret: Any, request: OutgoingRequest) -> OutgoingRequest:
        return request.with_header("Authorization", f"Bearer {getattr(secret, field).get_secret_value()}")

    return _Scheme({field: _secret(title)}, apply)


def _basic() -> _Scheme:
    def apply(secret: Any, request: OutgoingRequest) -> OutgoingRequest:
        pair = f"{secret.username}:{secret.password.get_secret_value()}"
        return request.with_header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")

    username = (str, Field(title="User name", min_length=1, max_length=500))
    return _Scheme({"username": username, "password": _secret("Password")}, apply)


def _secret(title: str) -> tuple[Any, Any]:
    return SecretStr, Field(title=title, min_length=1, max_length=8192)


def _name(called: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", called.lower()).strip("_")
    return name if name[:1].isalpha() and name != "base_url" else f"secret_{name}"


def _oauth(scheme: Node) -> OAuth2 | None:
    """Only the flow by which a person consents; Swagger 2.0 calls it accessCode."""
    if _text(scheme, "type").lower() != "oauth2":
        return None
    flows = scheme.get("flows")
    flow = cast("Mapping[str, Any]", flows).get("authorizationCode") if isinstance(flows, Mapping) else None
    if flow is None and _text(scheme, "flow") == "accessCode":
        flow = scheme
    if not isinstance(flow, Mapping):
        return None
    found = cast("Node", flow)
    urls = [_text(found, name) for name in ("authorizationUrl", "tokenUrl")]
    if not all(url.startswith(("https://", "http://")) for url in urls):
        return None
    scopes = found.get("scopes")
    return OAuth2(urls[0], urls[1], tuple(cast("Mapping[str, Any]", scopes)) if isinstance(scopes, Mapping) else ())


def _text(scheme: Node, name: str) -> str:
    found = scheme.get(name)
    return found if isinstance(found, str) else ""
