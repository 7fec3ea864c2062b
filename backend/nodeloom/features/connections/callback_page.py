"""The page that a person sees after a consent: what happened, and what to do if it didn't work."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from nodeloom.features.connections.coming_back import Kind, Outcome

_BEGIN_AGAIN = "Close this window and press Connect once more."


@dataclass(frozen=True)
class _Words:
    """With `{service}`, `{name}` and `{said}` filled in."""

    status: int
    title: str
    text: str
    todo: str = _BEGIN_AGAIN


_WORDS: Final[dict[Kind, _Words]] = {
    "connected": _Words(200, "{service} is connected", "“{name}” can be used in workflows now.", ""),
    "half_ticked": _Words(
        200,
        "{service} is connected, with less than was asked for",
        "“{name}” can be used, but these rights were not given:",
        "Actions that need them are marked in the editor. To give them, connect once more and leave every box ticked.",
    ),
    "connected_but": _Words(
        200,
        "{service} is connected, but does not work yet",
        "The consent is stored. A first call with it was refused: {said}",
        "Put that right at the service, then press Test beside the connection.",
    ),
    "denied": _Words(400, "Nothing was connected", "You said no on the page of {service}, so nothing was stored."),
    "expired": _Words(410, "That took too long", "A consent has to come back within ten minutes. Nothing was stored."),
    "used": _Words(
        409,
        "This was done already",
        "The address of this page works once, and somebody has been here: perhaps you, by reloading.",
        "Look on the page Connections whether {service} is there; if not, press Connect once more.",
    ),
    "foreign": _Words(
        403,
        "This consent was not begun here",
        "Somebody else began it, or you did in another browser, at another address of Nodeloom or signed in as "
        "somebody else. Nothing was stored.",
        "Open Nodeloom at {public_url}, sign in, and press Connect there.",
    ),
    "unknown": _Words(
        400,
        "Nobody asked for this consent",
        "The address lacks what Nodeloom gave along, or it is older than a day. Nothing was stored.",
        "Open Nodeloom and press Connect there.",
    ),
    "refused": _Words(
        502,
        "{service} refused",
        "It said: {said}",
        "If that speaks of the client, an admin compares client id, secret and redirect address on the page "
        "Connections, under Apps. Then press Connect once more.",
    ),
    "unavailable": _Words(
        502,
        "{service} could not be reached",
        "You gave your consent, but the token could not be fetched: {said} Nothing was stored.",
        "Wait a moment, close this window and press Connect once more.",
    ),
    "another_account": _Words(
        409,
        "That is another account",
        "{said} Workflows rely on it being the same, so nothing was changed.",
        "Sign out at {service} and connect once more, or make a new connection for this account.",
    ),
    "not_set_up": _Words(
        409,
        "{service} is not set up any more",
        "Its app was changed or taken out while you were away. Nothing was stored.",
        "Ask an admin to look at the page Connections, under Apps.",
    ),
}


def page(outcome: Outcome, public_url: str) -> HTMLResponse:
    words = _WORDS[outcome.kind]
    values = {
        "service": outcome.service or "The service",
        "name": outcome.name,
        "said": outcome.said or "nothing",
        "public_url": public_url,
    }
    title = words.title.format(**values)
    text, todo = words.text.format(**values), words.todo.format(**values)
    told = {
        "connection_id": outcome.connection_id,
        "connector": outcome.connector or None,
        "ok": outcome.ok,
        "text": " ".join(part for part in (f"{title}.", text if outcome.kind != "connected" else "") if part)
        + (f" {', '.join(outcome.missing)}." if outcome.missing else ""),
    }
    return _document(title, _body(outcome, title, text, todo, told), words.status)


def _body(outcome: Outcome, title: str, text: str, todo: str, told: Mapping[str, object]) -> str:
    listed = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in outcome.missing)
    # What went well needs no reading: the window closes itself.
    closes = " data-closes" if outcome.kind == "connected" else ""
    return (
        f'<main class="note" data-told="{escape(json.dumps(dict(told)))}"{closes}><h1>{escape(title)}</h1>'
        f"<p>{escape(text)}</p>{f'<ul>{listed}</ul>' if listed else ''}{f'<p>{escape(todo)}</p>' if todo else ''}"
        '<p><a class="button" href="/connections" data-back>Back to Nodeloom</a></p></main>'
    )


def _document(title: str, body: str, status: int) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="/hosted/page.css">'
        f'<style nonce="{nonce}">:root{{--accent:light-dark(#3a46bd,#8f9bff)}}</style>'
        '<script type="module" src="/hosted/oauth.js"></script></head>'
        f'<body class="note"><div class="sheet"><p class="brand">Nodeloom</p>{body}</div></body></html>'
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
        # The address holds a code that is worth nothing any more; still it goes nowhere.
        "Referrer-Policy": "no-referrer",
        # So that the window that asked for this one may see it close.
        "Cross-Origin-Opener-Policy": "unsafe-none",
    }
    return HTMLResponse(html, status, headers)
