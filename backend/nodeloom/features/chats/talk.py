"""A visitor's talk: what was said, what is said next, and what comes back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nodeloom.adapters import clock
from nodeloom.adapters.ids import new_id
from nodeloom.features.accounts.visits import Visitor
from nodeloom.features.chats import repository
from nodeloom.features.chats.errors import CanNotRetry, NoSuchChat, NoSuchMessage
from nodeloom.features.chats.models import ChatMessage
from nodeloom.features.chats.taking import Spoken, take_in_messages
from nodeloom.features.hosted.answers import said
from nodeloom.features.hosted.parts import Hosting
from nodeloom.features.runs.answers import RunAnswer
from nodeloom.features.triggers.accept import Repeated, Stale, TakenIn
from nodeloom.features.triggers.pages import PageTrigger
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.chats import ChatParams

_SHOWN = 200
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Talk:
    """One visitor at one chat. `visitor` is None where nobody has to sign in."""

    hosting: Hosting
    trigger: PageTrigger[ChatParams]
    token: str
    visitor: Visitor | None

    @property
    def id(self) -> str:
        """Follows from the token and says nothing of it: workflows see it."""
        whose = f"{self.trigger.workflow_id}|{self.trigger.node_id}|{self.token}"
        if self.visitor is not None:
            whose += f"|{self.visitor.person_id}"
        return "chat_" + hashlib.sha256(whose.encode()).hexdigest()[:32]

    async def messages(self, limit: int = _SHOWN) -> Sequence[ChatMessage]:
        """The last ones, oldest first, with the answers that have come in the meantime."""
        found = await self._read(limit)
        pending = {message.run_id: message for message in found if message.status == "pending"}
        if not pending:
            return found
        answers = await self.hosting.load_answers(list(pending))
        for answer in answers:
            await self.settle(pending[answer.run_id], answer)
        return await self._read(limit) if answers else found

    async def message(self, id_: str) -> ChatMessage:
        async with self.hosting.db.read() as session:
            found = await repository.message(session, self.trigger.workspace_id, self.id, id_=id_)
        if found is None:
            raise NoSuchMessage
        return found

    async def say(self, text: str, files: Sequence[ArtifactRef], client_id: str) -> ChatMessage:
        """Stored with its run when this returns; the same `client_id` again is the same message."""
        history = await self._history()
        row = self._row(text, files, client_id)
        await self._take_in(
            row, history, {f"file_{n}" if n > 1 else "file": f for n, f in enumerate(files, 1)}, tries=0
        )
        async with self.hosting.db.read() as session:
            stored = await repository.message(session, self.trigger.workspace_id, self.id, client_id=client_id)
        assert stored is not None
        return stored

    async def say_again(self, id_: str) -> ChatMessage:
        """Another run for a message whose run failed."""
        message = await self.message(id_)
        if message.status != "failed":
            raise CanNotRetry
        history = await self._history(before=id_)
        fresh: dict[str, Any] = {"status": "pending", "answer": None, "answer_files": [], "answered_at": None}
        row = {**message.model_dump(), **fresh}
        files = {
            f"file_{number}" if number > 1 else "file": ArtifactRef(**file)
            for number, file in enumerate(message.files, 1)
        }
        await self._take_in(row, history, files, tries=message.tries)
        return await self.message(id_)

    async def settle(self, message: ChatMessage, answer: RunAnswer) -> None:
        heard = said(answer)
        text = heard.redirect_to or heard.text
        files = [{"id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size} for f in heard.files]
        async with self.hosting.db.transaction() as session:
            await repository.settle(
                session,
                self.trigger.workspace_id,
                message.id,
                answer.run_id,
                status="failed" if heard.failed else "answered",
                answer=text.replace("\0", ""),
                files=files,
                now=clock.now(),
            )

    async def _read(self, limit: int) -> Sequence[ChatMessage]:
        async with self.hosting.db.read() as session:
            return await repository.messages(session, self.trigger.workspace_id, self.id, limit=limit)

    async def _history(self, before: str | None = None) -> list[JsonValue]:
        limit = self.trigger.params.history
        if limit == 0:
            return []
        said_before = [message for message in await self.messages(limit + 1) if before is None or message.id < before]
        lines: list[JsonValue] = []
        for message in said_before:
            lines.append({"role": "user", "text": message.text, "at": message.created_at.isoformat()})
            if message.status == "answered" and message.answered_at is not None:
                at = message.answered_at.isoformat()
                lines.append({"role": "assistant", "text": message.answer or "", "at": at})
        return lines[-limit:]

    def _row(self, text: str, files: Sequence[ArtifactRef], client_id: str) -> dict[str, Any]:
        return {
            "id": new_id("msg"),
            "workspace_id": self.trigger.workspace_id,
            "session_id": self.id,
            "client_id": client_id,
            "text": text,
            "files": [{"id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size} for f in files],
            "status": "pending",
            "answer": None,
            "answer_files": [],
            "created_at": clock.now(),
            "answered_at": None,
        }

    async def _take_in(
        self, row: dict[str, Any], history: list[JsonValue], files: dict[str, ArtifactRef], *, tries: int
    ) -> None:
        trigger: PageTrigger[ChatParams] | None = self.trigger
        item = Item(self._json(row["text"], history, files), files)
        for _ in range(_TRIES):
            if trigger is None:
                break
            arrival = await self.hosting.triggers.arrival(
                trigger,
                item,
                kind="chat",
                summary=f"Chat “{trigger.params.title}”",
                dedupe_key=f"{self.id}:{row['client_id']}:{tries}",
                answered=True,
            )
            assert arrival.run is not None
            row = {**row, "run_id": arrival.run.id, "tries": tries + 1}
            spoken = Spoken(arrival, self._session_row(), row, again=tries > 0)
            match await self.hosting.db.writer.call(take_in_messages, spoken):
                case TakenIn(listening=listening):
                    await self.hosting.triggers.taken(trigger, arrival, listening=listening)
                    return
                case Repeated():
                    return
                case Stale():
                    trigger = await self.hosting.triggers.find(trigger.claim, ChatParams)
        raise NoSuchChat

    def _session_row(self) -> dict[str, Any]:
        now = clock.now()
        return {
            "id": self.id,
            "workspace_id": self.trigger.workspace_id,
            "workflow_id": self.trigger.workflow_id,
            "node_id": self.trigger.node_id,
            "person_id": self.visitor.person_id if self.visitor is not None else None,
            "created_at": now,
            "last_at": now,
        }

    def _json(self, text: str, history: list[JsonValue], files: dict[str, ArtifactRef]) -> dict[str, JsonValue]:
        chat: dict[str, JsonValue] = {"title": self.trigger.params.title, "path": self.trigger.params.path}
        if self.visitor is not None:
            chat["member"] = {"name": self.visitor.name, "email": self.visitor.email}
        named: list[JsonValue] = [file.name for file in files.values()]
        return {
            "message": text,
            "session_id": self.id,
            "history": history,
            "files": named,
            "chat": chat,
            "submitted_at": clock.now().isoformat(),
        }
