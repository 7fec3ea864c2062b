"""Taking a message in: it, its event and its run in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from nodeloom.features.chats.models import CHAT_MESSAGES, CHAT_SESSIONS
from nodeloom.features.triggers.accept import Arrival, Outcome, TakenIn, take_in


@dataclass(frozen=True, slots=True)
class Spoken:
    """Rows of the chat and the message; `again`: the message is there already and gets another run."""

    arrival: Arrival
    session: dict[str, Any]
    message: dict[str, Any]
    again: bool = False


def take_in_messages(connection: Connection, spoken: Sequence[Spoken]) -> Sequence[Outcome]:
    """A writer's operation: what is no news (`Repeated`) or came too late (`Stale`) leaves no message."""
    outcomes = take_in(connection, [each.arrival for each in spoken])
    for each, outcome in zip(spoken, outcomes, strict=True):
        if isinstance(outcome, TakenIn):
            _write(connection, each)
    return outcomes


def _write(connection: Connection, spoken: Spoken) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = insert(CHAT_SESSIONS).values(spoken.session)
    seen = {"last_at": row.excluded["last_at"]}
    connection.execute(row.on_conflict_do_update(index_elements=[CHAT_SESSIONS.c.id], set_=seen))
    message = spoken.message
    if not spoken.again:
        connection.execute(insert(CHAT_MESSAGES).values(message).on_conflict_do_nothing())
        return
    changed = {name: message[name] for name in ("status", "run_id", "tries", "answer", "answer_files", "answered_at")}
    statement = update(CHAT_MESSAGES).where(
        CHAT_MESSAGES.c.id == message["id"], CHAT_MESSAGES.c.workspace_id == message["workspace_id"]
    )
    connection.execute(statement.values(changed))
