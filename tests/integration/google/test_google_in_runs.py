"""Google's connectors in the whole product: connected by OAuth, heard by triggers, called by runs."""

import re
from typing import Any

import pytest

from tests.integration.google.conftest import AtGoogle, bound
from tests.integration.runs.conftest import nodes_of
from tests.support.flows import MANUAL, graph, published
from tests.support.standins.fault_proxy import Fault
from tests.support.standins.google import Attachment

_A_MINUTE_S = 61


async def test_a_mail_comes_in_is_answered_with_its_file_and_put_away(at_google: AtGoogle) -> None:
    google = at_google.google
    gmail = await at_google.connect("gmail")
    connection = (await at_google.client.get(f"/api/v1/connections/{gmail}")).json()
    assert connection["account"] == {"id": google.address, "name": google.address}
    assert (connection["health"], connection["missing_scopes"]) == ("healthy", [])

    flow = graph(
        bound(gmail, "mail", "gmail.new_mail", sender="mia@"),
        bound(
            gmail,
            "forward",
            "gmail.send",
            to="boss@loom.test",
            subject="New: {{ $json.subject }}",
            body="{{ $json.from.name }}",
            attach="all",
        ),
        bound(gmail, "away", "gmail.archive", message_id="{{ $('Mail').item.json.id }}"),
    )
    await published(at_google.client, flow)
    await at_google.poll()
    google.deliver_mail(subject="Ignored", sender="spam@loom.test")
    arrived = google.deliver_mail(
        subject="Order", sender="Mia <mia@loom.test>", attachments=[Attachment("ö.pdf", "application/pdf", b"%PDF")]
    )
    await at_google.poll(after_s=_A_MINUTE_S)

    run = await at_google.only_run("succeeded", "failed", "waiting")
    assert run["status"] == "succeeded", nodes_of(run)
    [mail] = google.sent()
    assert (mail["To"], mail["Subject"]) == ("boss@loom.test", "New: Order")
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("ö.pdf", b"%PDF")
    assert google.message(arrived)["labelIds"] == ["UNREAD"]
    await at_google.poll(after_s=2 * _A_MINUTE_S)
    assert len((await at_google.client.get("/api/v1/runs")).json()["items"]) == 1


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.UNAVAILABLE, Fault.LIMITED_SECONDS])
async def test_a_mail_is_sent_once_whatever_happens_to_the_answer(at_google: AtGoogle, fault: Fault) -> None:
    gmail = await at_google.connect("gmail")
    at_google.proxy.fail(fault, "/send")
    send = bound(gmail, "send", "gmail.send", to="a@loom.test", subject="Once")
    send["settings"] = {"retry": {"max_attempts": 3, "base_s": 0.01}}
    run = await at_google.running.start(graph(MANUAL, send), [{}])
    assert run["status"] == "succeeded", nodes_of(run)
    [mail] = at_google.google.sent()
    assert run["output"][0]["message_id"] == mail["Message-ID"]


async def test_an_approval_by_mail_takes_more_than_a_look_at_the_link(at_google: AtGoogle) -> None:
    gmail = await at_google.connect("gmail")
    ask = bound(gmail, "ask", "gmail.ask_approval", to="boss@loom.test", message="Pay {{ $json.n }} €?")
    flow: dict[str, Any] = graph(MANUAL, ask)
    run = await at_google.running.start(flow, [{"n": 7}], wait_s=0)
    await at_google.running.until_waiting(run["id"], "approval")

    [mail] = at_google.google.sent()
    part = mail.get_body(("plain",))
    assert part is not None
    [link] = set(re.findall(r"http://localhost:8600/\S+[^\s)]", part.get_content()))
    assert "Pay 7 €?" in part.get_content()
    boss = await at_google.running.api.visitor()
    assert (await boss.get(link)).status_code == 200
    assert (await at_google.running.run(run["id"]))["status"] == "waiting"
    assert (await boss.post(link, data={"decision": "approved", "name": "Boss"})).status_code == 200
    ended = await at_google.running.until(run["id"], "succeeded", "failed")
    assert nodes_of(ended)["ask"]["port"] == "approved"
    assert len(at_google.google.sent()) == 1


async def test_a_picker_lists_the_labels(at_google: AtGoogle) -> None:
    at_google.google.mailbox.ask("POST", "labels", {"name": "Orders"})
    gmail = await at_google.connect("gmail")
    answer = await at_google.client.post(
        f"/api/v1/connections/{gmail}/options", json={"loader": "labels", "params": {}, "search": "ord"}
    )
    assert answer.status_code == 200, answer.text
    assert [option["label"] for option in answer.json()["items"]] == ["Orders"]


async def test_a_new_row_becomes_a_file_once_the_right_for_it_was_given(at_google: AtGoogle) -> None:
    google = at_google.google
    google.sheets.open("s1", "Orders", ("One",)).sheets[0].rows[:] = [["Name"]]
    sheets = await at_google.connect("google_sheets")
    drive = await at_google.connect("google_drive")
    read_only = (await at_google.client.get(f"/api/v1/connections/{drive}")).json()["scopes"]
    assert read_only == ["https://www.googleapis.com/auth/drive.readonly"]
    await at_google.connect("google_drive", connection_id=drive, scopes=["https://www.googleapis.com/auth/drive"])
    flow = graph(
        bound(sheets, "row", "google_sheets.new_row", spreadsheet="s1", sheet="One"),
        bound(drive, "folder", "google_drive.create_folder", name="{{ $json.Name }}"),
    )
    await published(at_google.client, flow)
    await at_google.poll()
    google.sheets.spreadsheets["s1"].sheets[0].rows.append(["Ada"])
    await at_google.poll(after_s=_A_MINUTE_S)
    run = await at_google.only_run("succeeded", "failed", "waiting")
    assert run["status"] == "succeeded", nodes_of(run)
    assert [file.about["name"] for file in google.drive.files.values()] == ["Ada"]
