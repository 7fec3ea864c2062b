"""The HTML around every hosted page, and the headers that keep it from being anything else."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from starlette.responses import HTMLResponse

from nodeloom.features.hosted.looks import Look

_STYLES: Final = {
    "form": ("/hosted/page.css",),
    "note": ("/hosted/page.css",),
    "chat": ("/hosted/page.css", "/hosted/chat.css"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`body` is HTML; `script` a file of ours; `frames` the origins that may embed it; `refresh` (seconds, address)."""

    title: str
    body: str
    look: Look
    kind: Literal["form", "chat", "note"] = "note"
    script: str | None = None
    frames: Sequence[str] = ()
    refresh: tuple[int, str] | None = None


def respond(page: Page, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    return HTMLResponse(_html(page, nonce), status, {**_headers(page, nonce), **(headers or {})})


def _headers(page: Page, nonce: str) -> dict[str, str]:
    frames = " ".join(("'self'", *page.frames)) if page.frames else "'none'"
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
    )
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def _html(page: Page, nonce: str) -> str:
    look = page.look
    brand = f'<p class="brand">{escape(look.brand)}</p>' if look.brand else ""
    script = f'<script type="module" src="{escape(page.script)}"></script>' if page.script else ""
    styles = "".join(f'<link rel="stylesheet" href="{address}">' for address in _STYLES[page.kind])
    refresh = ""
    if page.refresh is not None:
        seconds, address = page.refresh
        refresh = f'<meta http-equiv="refresh" content="{seconds};url={escape(address)}">'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark">{refresh}<title>{escape(page.title)}</title>'
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
        f'{styles}<style nonce="{nonce}">:root{{'
        f"--accent:light-dark({look.accent},{look.accent_on_dark})}}</style>{script}</head>"
        f'<body class="{page.kind}"><div class="sheet">{brand}{page.body}</div></body></html>'
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs, a line break stays one."""
    blocks = [block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block.strip())
