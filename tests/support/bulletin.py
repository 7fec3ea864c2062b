"""A stranger's connector with everything that the editor draws: consent, rights, pickers that depend on each other."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.far_side import Reply, Seen
from tests.support.standins.oauth import OAuthProvider
from tests.support.standins.serving import served
from tests.support.strangers import install_connector

_SOURCE: Final = """
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from nodeloom_connectors.sdk import (
    Account, ApiKey, Connector, OAuth2, Option, Options, OptionsFrom, Polled, PollTrigger, Reconnect, Refused,
    RetryLater, action,
)


class Token(BaseModel):
    model_config = ConfigDict(extra="forbid")
    token: SecretStr = Field(title="Token")


class Client:
    def __init__(self, access):
        self.http, self.secret = access.http, access.secret

    async def get(self, path, **query):
        token = getattr(self.secret, "access_token", None) or self.secret.token
        headers = {"authorization": "Bearer " + token.get_secret_value()}
        answer = await self.http.get("@API@" + path, headers=headers, params=query)
        match answer.status_code:
            case 401:
                raise Reconnect("The board does not take the account any more.")
            case status if status >= 500:
                raise RetryLater(f"The board answered {status}.")
            case status if status >= 400:
                raise Refused(f"The board refused ({status}).", "refused")
        return answer.json()


BOARD = Annotated[str, OptionsFrom("boards"), Field(title="Board", min_length=1)]


class Post(BaseModel):
    model_config = ConfigDict(extra="forbid")
    board: BOARD
    list: Annotated[str, OptionsFrom("lists", ("board",)), Field(title="List", min_length=1)]
    text: str = Field(title="Text", min_length=1)
    labels: list[Annotated[str, OptionsFrom("labels", ("board",))]] = Field(default=[], title="Labels")


class Posted(BaseModel):
    id: str


class Watched(BaseModel):
    model_config = ConfigDict(extra="forbid")
    board: BOARD


def loader(path, *depends):
    async def load(client, query):
        asked = {name: query.params[name] for name in depends}
        page = await client.get(path, search=query.search, cursor=query.cursor or "0", **asked)
        items = [Option(one["id"], one["name"], one.get("hint", "")) for one in page["items"]]
        return Options(items, page["next"])
    return load


async def verify(access):
    known = await Client(access).get("/me")
    return Account(known["id"], known["name"])


@action(title="Put up a post", effect="once", summary="Post “{text}” to {list}", icon="pencil",
        scopes=("posts:write",), aliases=("notice",))
async def post(ctx, params: Post) -> Posted:
    '''Put a post into a list of a board.'''
    return Posted(id=(await ctx.client.get("/post", list=params.list))["id"])


async def new_posts(ctx, params, cursor):
    return Polled((), 0)


connector = Connector(
    name="bulletin", title="Bulletin", icon="clipboard-list", color="#8a3ffc", description="Boards, lists and posts.",
    auth=OAuth2("@PROVIDER@/authorize", "@PROVIDER@/token", ("boards:read",), revoke_url="@PROVIDER@/revoke"),
    other_auths=(ApiKey(Token),), connect=Client, verify=verify, actions=(post,),
    triggers=(
        PollTrigger(name="new_post", title="New post", description="Starts when somebody puts up a post.",
                    params=Watched, summary="Posts on {board}", poll=new_posts,
                    sample={"id": "p1", "text": "Lost: a cat"}),
    ),
    options={"boards": loader("/boards"), "lists": loader("/lists", "board"), "labels": loader("/labels", "board")},
)
"""

_PAGE: Final = 20


@dataclass
class Bulletin:
    """The service. It takes what the provider issued; `boards` by id."""

    provider: OAuthProvider
    url: str = ""
    down: bool = False
    seen: list[Seen] = field(default_factory=list[Seen])
    boards: dict[str, str] = field(
        default_factory=lambda: {"b1": "Shop", "b2": "Garden", **{f"x{n}": f"Board {n:02}" for n in range(3, 46)}}
    )

    def asked(self, path: str) -> list[dict[str, str]]:
        """The queries of all calls to a path."""
        return [dict(seen.query) for seen in self.seen if seen.path == path]

    async def answer(self, seen: Seen, /) -> Reply:
        self.seen.append(seen)
        if self.down:
            return Reply(503)
        grant = self.provider.check(seen.headers.get("authorization", "").removeprefix("Bearer "))
        if grant is None or grant.state != "valid":
            return Reply(401)
        query = dict(seen.query)
        board = self.boards.get(query.get("board", ""), "")
        match seen.path:
            case "/me":
                return _json({"id": grant.subject, "name": "Ada's boards"})
            case "/boards":
                return _page(query, list(self.boards.items()))
            case "/lists":
                names = ("To do", "Doing", "Done")
                return _page(query, [(f"{query['board']}-{name}", f"{name} in {board}") for name in names])
            case "/labels":
                return _page(query, [(name.lower(), name) for name in ("Red", "Urgent", "Later")])
            case "/post":
                return _json({"id": "p1"})
            case _:
                return Reply(404)


@contextmanager
def bulletin(folder: Path, provider: OAuthProvider) -> Generator[Bulletin]:
    """The service, and its connector in `folder`, which has to be on the path before the application starts."""
    service = Bulletin(provider)
    with served(service):
        install_connector(folder, "bulletin", _SOURCE.replace("@PROVIDER@", provider.url).replace("@API@", service.url))
        yield service


def _page(query: dict[str, str], named: Sequence[tuple[str, str]]) -> Reply:
    found = [(id_, name) for id_, name in named if query["search"].lower() in name.lower()]
    start = int(query["cursor"])
    items = [{"id": id_, "name": name, "hint": id_} for id_, name in found[start : start + _PAGE]]
    return _json({"items": items, "next": str(start + _PAGE) if start + _PAGE < len(found) else None})


def _json(value: Any) -> Reply:
    return Reply(200, {"content-type": "application/json"}, json.dumps(value).encode())
