"""The page of a chat: a frame that its script fills."""

from html import escape

from starlette.responses import Response

from nodeloom.features.hosted.looks import Look
from nodeloom.features.hosted.page import Page, paragraphs, respond
from nodeloom.nodes.chats import ChatParams

_SCRIPT = "/hosted/chat.js"


def chat_page(params: ChatParams, look: Look) -> Response:
    title = escape(params.title)
    suggestions = "".join(
        f'<button type="button" data-suggestion>{escape(text)}</button>' for text in params.suggestions
    )
    offered = f'<div class="suggestions" data-suggestions hidden>{suggestions}</div>' if suggestions else ""
    attach = (
        '<label class="attach"><span>Add files</span><input type="file" name="files" multiple data-files></label>'
        if params.files
        else ""
    )
    body = (
        f'<main data-chat data-at="{escape(params.path.strip("/"))}"><header><h1>{title}</h1></header>'
        f'<div class="log" role="log" aria-label="{title}" tabindex="0" data-log>'
        f'<div class="said theirs" data-greeting>{paragraphs(params.greeting)}</div></div>{offered}'
        '<p class="trouble" role="alert" data-trouble hidden></p>'
        '<form data-say autocomplete="off"><label class="unseen" for="message">Message</label>'
        f'<textarea id="message" name="text" rows="1" maxlength="10000" placeholder="{escape(params.placeholder)}"'
        ' data-message></textarea><button class="primary">Send</button></form>'
        f'<div class="below">{attach}<ul class="files" data-chosen></ul></div>'
        "<noscript><p>This chat needs JavaScript. Switch it on for this page and load it again.</p></noscript></main>"
    )
    page = Page(title=params.title, body=body, look=look, kind="chat", script=_SCRIPT, frames=params.embed_on)
    return respond(page)
