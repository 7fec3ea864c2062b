"""Forms from the first look to the run: what is asked, what is refused, what comes afterwards."""

import re
from typing import Any

import pytest

from nodeloom.features.runs.worker import RunWorker
from tests.integration.hosted.conftest import Hosted, inputs
from tests.support.flows import graph, made, node

NAME = {"label": "Your name", "name": "name", "required": True}
MAIL = {"label": "E-mail", "kind": "email"}
PAGE = {"label": "Your order", "kind": "page", "help": "Nearly done."}
SIZE = {"label": "Size", "kind": "choice", "options": "S\nM\nL", "required": True}
PHOTO = {"label": "Photo", "kind": "file", "accept": "image/*\n.pdf", "max": 2, "max_mb": 1}


async def test_what_is_sent_is_an_event_and_a_run_of_the_form(hosted: Hosted) -> None:
    workflow_id = await hosted.form(
        NAME, MAIL, {"label": "Age", "kind": "number"}, {"label": "News", "kind": "checkbox"}
    )
    page = await hosted.stranger.get("/forms/signup")
    assert page.status_code == 200
    answer = await hosted.post(
        {**inputs(page), "name": "Ann <b>", "e_mail": "ann@example.org", "age": "41", "news": "yes", "-go": "send"}
    )

    assert answer.status_code == 303
    [run] = await hosted.runs()
    assert (run["workflow_id"], run["trigger"], run["trigger_kind"], run["version"]) == (workflow_id, "ask", "form", 1)
    [event] = await hosted.inbox()
    assert (event["run_id"], event["kind"], event["summary"]) == (run["id"], "form", "Form “Form”")
    json = (await hosted.item())["json"]
    assert {name: json[name] for name in ("name", "e_mail", "age", "news")} == {
        "name": "Ann <b>",
        "e_mail": "ann@example.org",
        "age": 41,
        "news": True,
    }
    assert json["submitted_at"].endswith("+00:00")
    assert json["form"]["path"] == "signup"
    thanks = await hosted.stranger.get(answer.headers["location"])
    assert "Your answers have come in" in thanks.text


async def test_what_is_wrong_is_said_and_what_was_typed_stays(hosted: Hosted) -> None:
    await hosted.form(
        NAME,
        MAIL,
        SIZE,
        {"label": "Age", "kind": "number", "min": 18, "max": 99},
        {"label": "Code", "pattern": "[A-Z]{2}[0-9]", "help": "Two letters and a digit"},
        {"label": "Day", "kind": "date", "earliest": "2026-01-01"},
        {"label": "About", "kind": "long_text", "max": 5},
        {"label": "Tags", "kind": "choices", "options": "a\nb\nc", "max": 2},
    )
    data = {"e_mail": "no mail", "size": "XL", "age": "7", "code": "xx", "day": "2025-12-31", "about": "far too long"}
    page = await hosted.send(**data, tags=["a", "b", "c"])
    assert page.status_code == 422
    for said in (
        "Please fill this in.",
        "like an e-mail",
        "choose from what is offered",
        "At least 18",
        "Two letters and a digit",
        "2026-01-01 at the earliest",
        "At most 5 characters",
        "choose at most 2",
    ):
        assert said in page.text, said
    assert 'aria-invalid="true"' in page.text
    assert 'role="alert"' in page.text
    sent = inputs(page)
    assert (sent["e_mail"], sent["code"], sent["tags"]) == (["no mail"], ["xx"], ["a", "b", "c"])
    assert ">\nfar too long</textarea>" in page.text
    assert await hosted.runs() == []


async def test_steps_are_checked_one_by_one_and_carry_what_was_typed(hosted: Hosted) -> None:
    await hosted.form(NAME, PAGE, SIZE, MAIL)
    first = await hosted.stranger.get("/forms/signup")
    assert "Step 1 of 2" in first.text
    assert "Size" not in first.text
    stuck = await hosted.post({**inputs(first), "-go": "next"})
    assert (stuck.status_code, "Step 1 of 2" in stuck.text) == (422, True)
    second = await hosted.post({**inputs(stuck), "name": 'Ann "A"', "-go": "next"})
    assert "Your order" in second.text
    assert "Nearly done." in second.text
    back = await hosted.post({**inputs(second), "size": "M", "-go": "back"})
    assert inputs(back)["name"] == ['Ann "A"']
    again = await hosted.post({**inputs(back), "-go": "next"})
    assert inputs(again)["size"] == ["M"]
    # Who skips the first step's check is sent back to it.
    skipped = await hosted.post({**inputs(again), "name": "", "-go": "send"})
    assert (skipped.status_code, "Step 1 of 2" in skipped.text) == (422, True)
    assert (await hosted.post({**inputs(again), "-go": "send"})).status_code == 303
    assert (await hosted.item())["json"]["name"] == 'Ann "A"'


async def test_files_become_artifacts_and_survive_a_step(hosted: Hosted) -> None:
    await hosted.form(NAME, PHOTO, PAGE, SIZE)
    first = await hosted.stranger.get("/forms/signup")
    files = [("photo", ("cat.png", b"\x89PNG", "image/png")), ("photo", ("a.pdf", b"%PDF", "application/pdf"))]
    second = await hosted.post({**inputs(first), "name": "Ann", "-go": "next"}, files=files)
    assert len(inputs(second)["-file.photo"]) == 2
    sent = await hosted.post({**inputs(second), "size": "S", "-go": "send"})
    assert sent.status_code == 303
    item = await hosted.item()
    assert item["json"]["photo"] == ["cat.png", "a.pdf"]
    assert set(item["files"]) == {"photo", "photo_2"}
    assert (await hosted.owner.get(f"/api/v1/artifacts/{item['files']['photo']['id']}")).content == b"\x89PNG"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (("a.exe", b"MZ", "application/x-msdownload"), "not one of the kinds"),
        (("big.png", b"x" * 1_100_000, "image/png"), "larger than 1 MB"),
    ],
    ids=["kind", "size"],
)
async def test_files_that_are_not_asked_for_are_refused(hosted: Hosted, file: Any, says: str) -> None:
    await hosted.form(PHOTO)
    page = await hosted.post({"-go": "send"}, files={"photo": file})
    assert page.status_code == 422
    assert says in page.text
    forged = await hosted.post({"-go": "send", "-file.photo": "bm8.bm8"})
    assert forged.status_code == 303
    assert "files" not in await hosted.item()


async def test_the_same_page_sent_twice_is_one_run(hosted: Hosted) -> None:
    await hosted.form(NAME)
    page = inputs(await hosted.stranger.get("/forms/signup"))
    first, second = [await hosted.post({**page, "name": "Ann", "-go": "send"}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(await hosted.runs()) == 1
    await hosted.post({**page, "name": "Bob", "-go": "send"})
    assert len(await hosted.runs()) == 2


async def test_the_run_answers_on_the_page(hosted: Hosted, worker: RunWorker) -> None:
    reply = node("reply", "core.set", fields=[{"name": "text", "value": "Hello {{ $json.name }}"}])
    await hosted.form(NAME, then=[reply], respond="answer")
    sent = await hosted.send(name="<Ann>")
    page = await hosted.stranger.get(sent.headers["location"])
    assert "Hello &lt;Ann&gt;" in page.text


async def test_a_run_that_fails_says_nothing_of_why(hosted: Hosted, worker: RunWorker) -> None:
    await hosted.form(NAME, then=[node("stop", "core.stop", message="secret reason")], respond="answer")
    page = await hosted.stranger.get((await hosted.send(name="Ann")).headers["location"])
    assert "could not answer" in page.text
    assert "secret reason" not in page.text


async def test_another_page_may_come_afterwards(hosted: Hosted) -> None:
    await hosted.form(NAME, respond="redirect", redirect_to="https://www.example.com/thanks")
    sent = await hosted.send(name="Ann")
    assert sent.headers["location"].startswith("/forms/-/done/")
    page = await hosted.stranger.get(sent.headers["location"])
    assert 'content="0;url=https://www.example.com/thanks"' in page.text


async def test_hidden_fields_and_defaults_come_from_the_address(hosted: Hosted) -> None:
    await hosted.form(
        NAME, {"label": "Campaign", "kind": "hidden", "default": "none"}, {"label": "City", "default": "Köln"}
    )
    assert inputs(await hosted.stranger.get("/forms/signup"))["campaign"] == ["none"]
    page = await hosted.stranger.get('/forms/signup?campaign="><script>&name=Ann')
    assert "<script>&" not in page.text
    assert inputs(page)["campaign"] == ['"><script>']
    assert (inputs(page)["name"], inputs(page)["city"]) == (["Ann"], ["Köln"])


async def test_a_form_that_is_taken_down_is_not_there(hosted: Hosted) -> None:
    workflow_id = await hosted.form(NAME)
    assert (await hosted.stranger.get("/forms/signup")).status_code == 200
    await hosted.owner.post(f"/api/v1/workflows/{workflow_id}/unpublish")
    for answer in (await hosted.stranger.get("/forms/signup"), await hosted.send(name="Ann")):
        assert answer.status_code == 404
        assert "There is no form here" in answer.text
    assert await hosted.runs() == []


async def test_the_draft_is_shown_while_the_editor_listens(hosted: Hosted) -> None:
    ask = node("ask", "core.form", path="signup", fields=[NAME])
    workflow_id = await made(hosted.owner, graph(ask))
    assert (await hosted.stranger.get("/forms/signup")).status_code == 404
    listening = await hosted.owner.post(f"/api/v1/workflows/{workflow_id}/listen", json={})
    assert listening.json()["hooks"][0]["url"].endswith("/forms/signup")
    assert (await hosted.send(name="Ann")).status_code == 303
    [run] = await hosted.runs()
    assert run["version"] is None


async def test_an_address_belongs_to_one_workflow_of_its_kind(hosted: Hosted) -> None:
    await hosted.form(NAME)
    other = await made(hosted.owner, graph(node("ask", "core.form", path="signup", fields=[NAME])))
    refused = await hosted.owner.post(f"/api/v1/workflows/{other}/publish", json={})
    assert refused.json()["problems"][0]["message"] == "The address /forms/signup already belongs to another workflow."
    hook = await made(hosted.owner, graph(node("hook", "core.webhook", path="signup")))
    assert (await hosted.owner.post(f"/api/v1/workflows/{hook}/publish", json={})).status_code == 200


async def test_who_sends_too_often_waits_and_loses_nothing(hosted: Hosted) -> None:
    await hosted.form(NAME, per_minute=2)
    answers = [await hosted.send(name=f"Ann {number}") for number in range(4)]
    assert {answer.status_code for answer in answers[:2]} == {303}
    late = next(answer for answer in answers if answer.status_code == 429)
    assert int(late.headers["retry-after"]) > 0
    assert inputs(late)["name"][0].startswith("Ann")
    other = await hosted.api.visitor(address="10.1.2.3")
    assert (await other.post("/forms/signup", data={"-go": "send", "name": "Bob"})).status_code == 303


async def test_members_only_means_signed_in_and_not_forged(hosted: Hosted) -> None:
    await hosted.form(NAME, access="members")
    shut = await hosted.stranger.get("/forms/signup")
    assert shut.status_code == 401
    assert "/sign-in?next=%2Fforms%2Fsignup" in shut.text
    assert (await (await hosted.api.stranger()).get("/forms/signup")).status_code == 401
    viewer = await hosted.api.signed_in("viewer")
    page = await viewer.get("/forms/signup")
    assert page.status_code == 200
    forged = await viewer.post("/forms/signup", data={"-go": "send", "name": "Eve"})
    assert forged.status_code == 403
    assert await hosted.runs() == []
    data = {**inputs(page), "name": "Vera", "-go": "send"}
    elsewhere = await viewer.post("/forms/signup", data=data, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert (await viewer.post("/forms/signup", data=data)).status_code == 303
    assert (await hosted.item())["json"]["form"]["member"]["email"] == "viewer@example.org"


async def test_pages_are_shut_to_scripts_and_frames_of_others(hosted: Hosted) -> None:
    await hosted.form(NAME, embed_on="https://www.example.com\nhttps://*.shop.example:8443")
    page = await hosted.stranger.get("/forms/signup")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
    assert "frame-ancestors 'self' https://www.example.com https://*.shop.example:8443" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "x-frame-options" not in page.headers
    assert "set-cookie" not in page.headers
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=", page.text)


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"\xff\x00\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"{}", "headers": {"Content-Type": "application/json"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {
            "content": b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
            "headers": {"Content-Type": "multipart/form-data; boundary=b; charset=undefined"},
        },
        {"data": {f"x{number}": "1" for number in range(3_000)}},
        {"data": {"-go": "send", "-step": "9" * 3, "name": "\0\ud83d" + "x", "age": "1e999"}},
        {"data": {"-go": "send", "-step": "-1", "-submission": "<>", "name": ["a"] * 1_500, "age": "9" * 400}},
        {"files": {"name": ("name", b"x"), "-go": ("go", b"send")}},
        {"data": {"-go": "send", "name": "a" * 200_000, "code": "a" * 50 + "!"}},
    ],
    ids=["bytes", "json", "cut", "boundless", "charset", "many", "nul", "odd", "files", "long"],
)
async def test_hostile_input_is_refused_and_never_our_fault(hosted: Hosted, sent: dict[str, Any]) -> None:
    await hosted.form(NAME, {"label": "Age", "kind": "number"}, {"label": "Code", "pattern": "(a+)+"})
    if "name" in sent.get("data", {}) and isinstance(sent["data"]["name"], str):
        sent = {**sent, "data": {**sent["data"], "name": sent["data"]["name"].encode(errors="replace").decode()}}
    answer = await hosted.stranger.post("/forms/signup", **sent)
    assert answer.status_code < 500, answer.text
    assert await hosted.runs() == []
