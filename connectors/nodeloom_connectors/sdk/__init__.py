"""What a connector is made of: all that a connector may import. The SDK imports nothing of the product."""

from nodeloom_connectors.sdk.action import Action, ActionContext, Log, Usage, WithFiles, action
from nodeloom_connectors.sdk.auth import ApiKey, Auth, Basic, NoAuth, OAuth2
from nodeloom_connectors.sdk.connector import Access, Connector
from nodeloom_connectors.sdk.effect import Effect, EffectBy
from nodeloom_connectors.sdk.errors import ConnectorError, OutcomeUnknown, Reconnect, Refused, RetryLater
from nodeloom_connectors.sdk.files import FileRef, Files
from nodeloom_connectors.sdk.options import OptionsFrom
from nodeloom_connectors.sdk.request_auth import (
    HEADER_NAME,
    Authorize,
    IncomingRequest,
    OutgoingRequest,
    RequestAuth,
    is_header_name,
)
from nodeloom_connectors.sdk.secrets import masked, revealed, secret_values

__all__ = [
    "HEADER_NAME",
    "Access",
    "Action",
    "ActionContext",
    "ApiKey",
    "Auth",
    "Authorize",
    "Basic",
    "Connector",
    "ConnectorError",
    "Effect",
    "EffectBy",
    "FileRef",
    "Files",
    "IncomingRequest",
    "Log",
    "NoAuth",
    "OAuth2",
    "OptionsFrom",
    "OutcomeUnknown",
    "OutgoingRequest",
    "Reconnect",
    "Refused",
    "RequestAuth",
    "RetryLater",
    "Usage",
    "WithFiles",
    "action",
    "is_header_name",
    "masked",
    "revealed",
    "secret_values",
]
