"""Requests as Slack signs them."""

import time

from nodeloom_connectors.sdk import IncomingRequest
from tests.support.standins.slack_events import signed

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def signed_request(
    body: bytes, secret: str, *, media_type: str = JSON, age_s: float = 0, **headers: str
) -> IncomingRequest:
    """`headers` replace those that Slack sends, `_` in their names standing for `-`."""
    proof = {name.lower(): value for name, value in signed(body, secret, at=time.time() - age_s).items()}
    replaced = {name.replace("_", "-"): value for name, value in headers.items()}
    return IncomingRequest("POST", {"content-type": media_type, **proof, **replaced}, {}, body)
