"""The mail of an IMAP server: found, taken along, sorted, and waited for."""

import asyncio
from collections.abc import AsyncGenerator
from email.message import EmailMessage
from typing import Any, cast

import pytest

from nodeloom_connectors.imap import connector
from nodeloom_connectors.imap.client import Imap, verify
from nodeloom_connectors.mail import MailServerAccount
from nodeloom_connectors.sdk import (
    Access,
    OptionsQuery,
    OutcomeUnknown,
    Polled,
    Reconnect,
    Refused,
    RetryLater,
    TriggerContext,
    WithFiles,
)
from tests.connectors.databases.standing import Loopback
from tests.connectors.mail.mail_server import PASSWORD, USER, MailServer, mail_server, message
from tests.support.actions import KeptFiles, Lines, context


@pytest.fixture
async def server() -> AsyncGenerator[MailServer]:
    async with mail_server() as made:
        yield made


def _client(port: int, **more: Any) -> Imap:
    given = {"host": "mail.test", "port": port, "encryption": "never", "user": USER, "password": PASSWORD, **more}
    return Imap(MailServerAccount.model_validate(given), Loopback())


async def _call(client: Imap, name: str, files: KeptFiles | None = None, **params: Any) -> Any:
    action = next(action for action in connector.actions if action.name == name)
    return await action.run(context(client, files), action.params.model_validate(params))


async def _deliver(server: MailServer, mail: EmailMessage, folder: str = "INBOX") -> None:
    await asyncio.to_thread(server.deliver, mail, folder)


async def test_mails_are_found_and_taken_with_their_files(server: MailServer) -> None:
    client = _client(server.port)
    order = message("Grüße aus Köln", "see the file", "Ada <ada@example.com>")
    order.add_attachment(b"%PDF-1", "application", "pdf", filename="Übersicht.pdf")
    await _deliver(server, message("first"))
    await _deliver(server, order)
    found = await _call(client, "find")
    assert [mail.subject for mail in found] == ["Grüße aus Köln", "first"]
    assert [mail.subject for mail in await _call(client, "find", subject="grüße")] == ["Grüße aus Köln"]
    assert not await _call(client, "find", sender="bob@")
    files = KeptFiles()
    taken: WithFiles[Any] = await _call(client, "get", files, uid=found[0].uid)
    mail = taken.result.model_dump(mode="json")
    assert mail["from"] == {"name": "Ada", "email": "ada@example.com"}
    assert (mail["text"], mail["date"], mail["unread"]) == ("see the file", "2026-11-23T09:30:00+01:00", True)
    assert mail["attachments"][0] | {"size": 0} == {
        "file_name": "Übersicht.pdf",
        "media_type": "application/pdf",
        "size": 0,
        "inline": False,
        "file": "attachment_0",
    }
    assert files.contents[taken.files["attachment_0"].id] == b"%PDF-1"


async def test_marked_moved_and_deleted(server: MailServer) -> None:
    client = _client(server.port)
    await asyncio.to_thread(server.make_folder, "Archive")
    for subject in ("one", "two"):
        await _deliver(server, message(subject))
    two, one = await _call(client, "find")
    await _call(client, "mark", uid=one.uid, mark="read")
    await _call(client, "mark", uid=two.uid, mark="star")
    assert [(mail.subject, mail.flagged) for mail in await _call(client, "find", unread=True)] == [("two", True)]
    await _call(client, "move", uid=one.uid, to="Archive")
    assert [mail.subject for mail in await _call(client, "find", folder="Archive")] == ["one"]
    await _call(client, "delete", uid=two.uid)
    assert await _call(client, "find") == []
    for folder in ("INBOX", "Nowhere"):
        with pytest.raises(Refused):
            await _call(client, "delete", uid=99, folder=folder)
    with pytest.raises(Refused) as refused:
        await _call(client, "find", folder='x"\r\nA1 DELETE INBOX')
    assert refused.value.code == "no_such_folder"


async def test_folders_with_any_name(server: MailServer) -> None:
    client = _client(server.port)
    for name in ("Entw&APw-rfe", '"A &- B"', "&ZeVnLIqe-"):
        await asyncio.to_thread(server.make_folder, name)
    shown = [option.value for option in (await connector.options["folders"](client, OptionsQuery())).items]
    assert shown[0] == "INBOX"
    assert {"Entwürfe", "日本語", "A & B"} <= set(shown)
    assert await _call(client, "find", folder="日本語") == []


async def test_new_mails_once_each_and_oldest_first(server: MailServer) -> None:
    client = _client(server.port)
    (trigger,) = connector.triggers
    assert trigger.kind == "poll"
    ctx: TriggerContext[Any] = TriggerContext(client, KeptFiles(), Lines())

    async def polled(cursor: Any, **params: Any) -> Polled:
        return await trigger.poll(ctx, trigger.params.model_validate(params), cursor)

    await _deliver(server, message("before"))
    start = await polled(None)
    assert not start.occurrences
    assert not (await polled(start.cursor)).occurrences
    for number in range(12):
        await _deliver(server, message(f"mail {number}"))
    first = await polled(start.cursor)
    second = await polled(first.cursor)
    assert first.more
    assert not second.more
    told = [one.json["subject"] for one in (*first.occurrences, *second.occurrences)]
    assert told == [f"mail {number}" for number in range(12)]
    assert len({one.key for one in (*first.occurrences, *second.occurrences)}) == 12
    assert [one.json["subject"] for one in (await polled(start.cursor, subject="MAIL 1")).occurrences] == ["mail 1"]
    other = {**cast("dict[str, Any]", start.cursor), "validity": 1}
    renumbered = await polled(other)
    assert not renumbered.occurrences
    assert renumbered.cursor == second.cursor


async def test_who_is_not_let_in_and_nobody_there(server: MailServer, unused_tcp_port: int) -> None:
    with pytest.raises(Reconnect) as refused:
        await _call(_client(server.port, password="wrong"), "find")
    assert "wrong" not in refused.value.message
    with pytest.raises(RetryLater):
        await _call(_client(unused_tcp_port), "find")
    with pytest.raises(Refused) as unencrypted:
        await _call(_client(server.port, encryption="tls"), "find")
    assert unencrypted.value.code == "tls"
    account = MailServerAccount.model_validate(
        {"host": "mail.test", "port": server.port, "encryption": "never", "user": USER, "password": PASSWORD}
    )
    known = await verify(Access(cast("Any", None), account, network=Loopback()))
    assert known is not None
    assert known.name == f"{USER} @ mail.test"


@pytest.mark.parametrize(("name", "error"), [("find", RetryLater), ("delete", OutcomeUnknown)])
async def test_a_server_that_leaves_in_between(name: str, error: type[Exception]) -> None:
    params: dict[str, Any] = {"uid": 1} if name == "delete" else {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK here\r\n")
        for answer in (b"* CAPABILITY IMAP4rev1", b"* OK let in"):
            tag = (await reader.readline()).split()[0]
            writer.write(answer + b"\r\n" + tag + b" OK done\r\n")
        await reader.readline()
        writer.transport.abort()

    far = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with far:
        with pytest.raises(error):
            await _call(_client(far.sockets[0].getsockname()[1]), name, None, **params)
