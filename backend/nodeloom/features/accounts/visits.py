"""Who looks at a page that is open to strangers too: a member in the same browser, or nobody known."""

from dataclasses import dataclass

from fastapi import Request

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts import repository, tokens
from nodeloom.features.accounts.identity import cookie_name


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member of the workspace whose page it is; `session_id` is what a forged request can't know of."""

    person_id: str
    session_id: str
    name: str
    email: str


async def member_at(request: Request, workspace_id: str) -> Visitor | None:
    """The member that the browser's session belongs to. Whether a write is forged is for the caller to judge."""
    settings: Settings = request.app.state.settings
    token = request.cookies.get(cookie_name(settings))
    if token is None:
        return None
    db: Database = request.app.state.db
    async with db.read() as session:
        found = await repository.session_by_digest(session, tokens.digest(token))
        if found is None or found[0].expires_at <= clock.now():
            return None
        login, person = found
        members = await repository.members_of_person(session, person.id)
    if all(member.workspace_id != workspace_id for member in members):
        return None
    return Visitor(person.id, login.id, person.name, person.email)
