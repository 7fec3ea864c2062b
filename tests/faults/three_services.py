"""Gmail, Trello and Slack on loopback, an installation that is connected to them, and a flow through all three."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.faults.installation import Installation
from tests.support.flows import node
from tests.support.standins.google import Attachment, GoogleStandin, google_standin
from tests.support.standins.oauth import ATLASSIAN, GOOGLE, SLACK, OAuthProvider, oauth_provider
from tests.support.standins.slack import Call, SlackStandin, slack_standin
from tests.support.standins.trello import TrelloStandIn, trello_stand_in

OWNER = {"email": "ada@example.org", "password": "correct horse battery"}
CHANNEL = "general"


@dataclass
class Services:
    """`consents` are the pages on which a person allows, by connector."""

    slack: SlackStandin
    google: GoogleStandin
    trello: TrelloStandIn
    consents: dict[str, OAuthProvider]

    def __post_init__(self) -> None:
        board = self.trello.put("POST", "/boards", name="Post")
        self.board_id = board["id"]
        self.list_id = self.trello.put("POST", "/lists", name="In", idBoard=self.board_id)["id"]

    @property
    def settings(self) -> dict[str, str]:
        """The installation's settings; each service's API is the stand-in's, its consent page the provider's."""
        apis = {"slack": self.slack.api_url, "gmail": self.google.api_url, "trello": self.trello.api_url}
        found = {"NODELOOM_SLACK_SIGNING_SECRET": self.slack.signing_secret}
        for name, consent in self.consents.items():
            found |= {
                f"NODELOOM_{name.upper()}_API_URL": apis[name],
                f"NODELOOM_{name.upper()}_AUTHORIZE_URL": consent.authorize_url,
                f"NODELOOM_{name.upper()}_TOKEN_URL": consent.token_url,
                f"NODELOOM_{name.upper()}_CLIENT_ID": consent.client_id,
                f"NODELOOM_{name.upper()}_CLIENT_SECRET": consent.client_secret,
            }
        return found

    def mail(self, number: int) -> str:
        """The id of a new mail with an attachment."""
        file = Attachment(f"order-{number}.pdf", "application/pdf", b"%PDF order " + str(number).encode())
        return self.google.deliver_mail(subject=f"Order {number}", text="Please.", attachments=[file])

    def cards(self, number: int) -> list[dict[str, Any]]:
        cards = self.trello.call("GET", f"/lists/{self.list_id}/cards", filter="all")
        return [card for card in cards if card["name"] == f"Order {number}"]

    def files(self, number: int) -> list[str]:
        """The names of the files on its cards."""
        return [
            file["name"]
            for card in self.cards(number)
            for file in self.trello.call("GET", f"/cards/{card['id']}/attachments")
        ]

    def posted(self, number: int) -> list[Call]:
        """The calls that told the channel, whatever became of them; asks nobody, so it may be asked often."""
        posts = [call for call in self.slack.calls if call.method == "chat.postMessage"]
        return [call for call in posts if f"Order {number} " in str(call.arguments.get("text"))]

    def told(self, number: int) -> list[dict[str, Any]]:
        return [each for each in self.slack.messages(CHANNEL) if f"Order {number} " in str(each["text"])]

    def is_archived(self, mail_id: str) -> bool:
        return "INBOX" not in self.google.message(mail_id).get("labelIds", ())


@contextmanager
def services(callback: str) -> Generator[Services]:
    with (
        oauth_provider(SLACK, redirect_uri=callback) as for_slack,
        oauth_provider(GOOGLE, redirect_uri=callback) as for_gmail,
        oauth_provider(ATLASSIAN, redirect_uri=callback) as for_trello,
        slack_standin(for_slack) as slack,
        google_standin(for_gmail) as google,
        trello_stand_in(for_trello) as trello,
    ):
        for_gmail.subject = google.address
        for_trello.subject = trello.person["id"]
        yield Services(slack, google, trello, {"slack": for_slack, "gmail": for_gmail, "trello": for_trello})


async def signed_in(installation: Installation) -> httpx2.AsyncClient:
    """The browser of the owner."""
    client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{installation.port}", timeout=30, trust_env=False)
    answer = await client.post("/api/v1/auth/login", json=OWNER)
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client


async def connected(client: httpx2.AsyncClient, found: Services) -> dict[str, str]:
    """The ids of the connections, by connector; each made on the service's own page."""
    made: dict[str, str] = {}
    for connector, consent in found.consents.items():
        more = {"scopes": ["reactions:read"]} if connector == "slack" else {}
        asked = {"connector": connector, "name": connector, **more}
        began = await client.post("/api/v1/connections/oauth", json=asked)
        assert began.status_code == 200, began.text
        back = urlsplit(await consent.consent(began.json()["authorize_url"]))
        page = await client.get(f"{back.path}?{back.query}")
        assert page.status_code == 200, page.text
        listed = (await client.get(f"/api/v1/connections?connector={connector}")).json()["items"]
        made[connector] = listed[0]["id"]
    return made


def flow(found: Services, connections: dict[str, str]) -> dict[str, Any]:
    """A mail comes: a card with its file, a word to the channel, and when somebody reacts the mail is archived."""

    def of(connector: str, node_id: str, type_: str, **params: Any) -> dict[str, Any]:
        return {**node(node_id, f"{connector}.{type_}", **params), "connection_id": connections[connector]}

    card = of("trello", "card", "create_card", board_id=found.board_id, list_id=found.list_id)
    card["params"]["name"] = "{{ $json.subject }}"
    file = of("trello", "file", "attach_file", card_id="{{ $json.id }}", file="attachment_0")
    tell = of("slack", "tell", "send_message", channel=found.slack.channel(CHANNEL))
    tell["params"]["text"] = "{{ $('Mail').item.json.subject }} is {{ $('Card').item.json.url }}"
    awaited = {"type": "slack.reaction_added", "connection_id": connections["slack"]}
    match = [{"left": "ts", "operator": "equals", "right": "{{ $('Tell').item.json.ts }}"}]
    wait = node("wait", "core.wait", **{"for": "event"}, trigger=awaited, match=match, timeout_s=600)
    done = of("gmail", "done", "archive", message_id="{{ $('Mail').item.json.id }}")
    mail = of("gmail", "mail", "new_mail", has_attachment=True, attachments="real")
    order = ["mail", "card", "file", "tell", "wait", "done"]
    edges = [{"source": one, "target": other} for one, other in pairwise(order)]
    return {"nodes": [mail, card, file, tell, wait, done], "edges": edges}
