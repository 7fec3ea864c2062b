"""Pages that say one thing: nobody here, too often, sign in first."""

from html import escape
from urllib.parse import quote

from starlette.responses import Response

from nodeloom.features.hosted.looks import ACCENT, Look
from nodeloom.features.hosted.page import Page, paragraphs, respond

_NOBODYS = Look(ACCENT, "")


def note(title: str, text: str, look: Look = _NOBODYS, *, status: int = 200, more: str = "") -> Response:
    body = f'<main class="note"><h1>{escape(title)}</h1>{paragraphs(text)}{more}</main>'
    return respond(Page(title=title, body=body, look=look), status)


def not_found(what: str) -> Response:
    return note(
        f"There is no {what} here",
        "It may have been taken down, or the address is not quite right. Ask whoever gave it to you.",
        status=404,
    )


def sign_in_first(look: Look, what: str, address: str) -> Response:
    link = f'<p><a class="button" href="/sign-in?next={quote(address, safe="")}">Sign in</a></p>'
    return note(
        f"This {what} is for members",
        "Sign in with the account that is a member of the workspace, and you are brought back here.",
        look,
        status=401,
        more=link,
    )


def busy() -> Response:
    return note(
        "This can't be stored at the moment",
        "Nothing was taken in. Go back, and send it again in a moment.",
        status=503,
    )
