"""What three services send to a webhook, as their documentation says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Payload:
    headers: Mapping[str, str]
    body: bytes


def _file(name: str) -> bytes:
    # Services send their JSON without line breaks.
    return json.dumps(json.loads((_HERE / name).read_text()), separators=(",", ":"), ensure_ascii=False).encode()


def github_push(delivery: str) -> Payload:
    """A push of two commits, with the headers that GitHub sets."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": delivery,
        "X-GitHub-Event": "push",
        "X-GitHub-Hook-ID": "292430182",
        "X-GitHub-Hook-Installation-Target-ID": "186853002",
        "X-GitHub-Hook-Installation-Target-Type": "repository",
    }
    return Payload(headers, _file("github_push.json"))


def stripe_payment() -> Payload:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": "t=1788161001,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
    }
    return Payload(headers, _file("stripe_payment.json"))


def slack_command() -> Payload:
    """A slash command: a form, not JSON."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Slackbot 1.0"}
    body = (
        b"token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0001&team_domain=example&channel_id=C2147483705"
        b"&channel_name=looms&user_id=U2147483697&user_name=grace&command=%2Fpattern&text=herringbone+please"
        b"&api_app_id=A123456&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1234%2F5678"
        b"&trigger_id=13345224609.738474920.8088930838d88f008e0"
    )
    return Payload(headers, body)
