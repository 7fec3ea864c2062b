"""What Slack sends to an app: signed events, slash commands and pressed buttons, with the repetitions that it makes."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.support.standins.calling import loopback_client

TEAM = "T0LOOM"
APP = "A0LOOM"
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_ANSWER_WITHIN_S = 3.0
_TRIES = 4


def signed(body: bytes, secret: str, *, at: float | None = None) -> dict[str, str]:
    """The two headers that prove a request to be Slack's."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def envelope(
    event: Mapping[str, Any], *, event_id: str | None = None, app: str = APP, team: str = TEAM
) -> dict[str, Any]:
    """An event as it comes over the wire; `event` needs its `type` at least."""
    return {
        "token": "verification-token",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": app,
        "event": {"event_ts": f"{time.time():.6f}", **event},
        "type": "event_callback",
        "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(time.time()),
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": "U0BOT", "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_hex(12)}",
    }


@dataclass
class Delivery:
    """One event for one address; `statuses` of its tries, 0 where no answer came within Slack's three seconds."""

    to: str
    body: bytes
    statuses: list[int] = field(default_factory=list[int])


@dataclass
class SlackEvents:
    """Blocks; the async stand-in calls it in a thread. `deliveries` holds what went to the subscribed address."""

    signing_secret: str
    subscribed: str | None = None
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    _client: httpx2.Client = field(default_factory=lambda: loopback_client(_ANSWER_WITHIN_S))
    _postmen: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "slack-events"))

    def verify_url(self, to: str, challenge: str = "the-challenge") -> httpx2.Response:
        body = json.dumps({"token": "verification-token", "challenge": challenge, "type": "url_verification"}).encode()
        return self.post(to, body, _JSON)

    def send(
        self,
        event: Mapping[str, Any],
        to: str,
        *,
        event_id: str | None = None,
        retry: int = 0,
        secret: str | None = None,
    ) -> httpx2.Response:
        """One try. With `retry` it is the n-th repetition of an event that got no good answer."""
        again = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        return self.post(to, json.dumps(envelope(event, event_id=event_id)).encode(), _JSON, again, secret=secret)

    def slash(self, command: str, text: str, to: str, **fields: str) -> httpx2.Response:
        form = {
            "token": "verification-token",
            "team_id": TEAM,
            "team_domain": "loomworks",
            "channel_id": "C000000001",
            "channel_name": "general",
            "user_id": "U000000001",
            "user_name": "admin",
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": fields.pop("response_url", "http://127.0.0.1:9/commands"),
            "trigger_id": f"{len(self.deliveries)}.{secrets.token_hex(4)}",
            **fields,
        }
        return self.post(to, urlencode(form).encode(), _FORM)

    def interact(self, payload: Mapping[str, Any], to: str) -> httpx2.Response:
        return self.post(to, urlencode({"payload": json.dumps(payload)}).encode(), _FORM)

    def post(
        self,
        to: str,
        body: bytes,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        *,
        secret: str | None = None,
    ) -> httpx2.Response:
        proof = signed(body, secret or self.signing_secret)
        sent = {"Content-Type": media_type, "User-Agent": "Slackbot 1.0", **proof, **(headers or {})}
        return self._client.post(to, content=body, headers=sent)

    def publish(self, event: Mapping[str, Any]) -> None:
        """To the subscribed address, if there is one, in the background and with Slack's three repetitions."""
        if self.subscribed is not None:
            delivery = Delivery(self.subscribed, json.dumps(envelope(event)).encode())
            self.deliveries.append(delivery)
            self._postmen.submit(self._deliver, delivery)

    def _deliver(self, delivery: Delivery) -> None:
        for number in range(_TRIES):
            again = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"} if number else {}
            try:
                status = self.post(delivery.to, delivery.body, _JSON, again).status_code
            except httpx2.HTTPError:
                status = 0
            delivery.statuses.append(status)
            if 200 <= status < 300:
                return

    def close(self) -> None:
        self._postmen.shutdown(cancel_futures=True)
        self._client.close()
