"""The page that a person sees at the provider."""

from collections.abc import Sequence
from html import escape

from tests.support.far_side import Reply

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
_STYLE = "body{font:16px system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}li{list-style:none;margin:.5rem 0}"


def consent_page(provider: str, subject: str, ticket: str, scopes: Sequence[str], action: str = "/consent") -> Reply:
    """A tick box for each scope, the buttons Allow and Deny; what was asked for waits under `ticket`."""
    boxes = "".join(
        f'<li><label><input type="checkbox" name="scope" value="{escape(scope)}" checked> {escape(scope)}</label></li>'
        for scope in scopes
    )
    return _page(
        200,
        f"Sign in to {provider}",
        f'<p>Signed in as {escape(subject)}</p><form method="post" action="{action}">'
        f'<input type="hidden" name="ticket" value="{escape(ticket)}"><ul>{boxes}</ul>'
        '<button name="decision" value="allow">Allow</button> '
        '<button name="decision" value="deny">Deny</button></form>',
    )


def problem_page(text: str) -> Reply:
    """What can't be sent back to the client, because nobody knows where it is."""
    return _page(400, "That does not work", f"<p>{escape(text)}</p>")


def _page(status: int, title: str, body: str) -> Reply:
    html = f"<!doctype html><html lang=en><title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>{body}</html>"
    return Reply(status, _HEADERS, html.encode())
