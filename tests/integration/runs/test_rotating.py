"""`nodeloom secret rotate`: afterwards the newest key alone opens whatever was sealed."""

from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import LargeBinary, insert, select

from nodeloom.adapters import clock
from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.masking import Mask, hiding
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault, WrongKey
from nodeloom.entrypoints.cli.secrets import rotate
from nodeloom.entrypoints.worker.main import working
from nodeloom.features.notifications.models import MAILS
from nodeloom.features.notifications.outbox import write_sealed
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers.models import REGISTRATIONS
from nodeloom.features.triggers.remote.services import bond
from nodeloom.features.variables.values import VariableValues
from nodeloom.migrations.tables import all_tables
from tests.integration.runs.conftest import Running
from tests.support.flows import MANUAL, graph, made, node

OLD, NEW = "the first key of the installation", "the second key of the installation"
SECRET = "hush-hush-0815"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return keyed(settings, OLD)


def keyed(settings: Settings, *keys: str) -> Settings:
    return settings.model_copy(update={"secret_key": SecretStr(",".join(keys))})


@dataclass
class Found:
    """Everything sealed that one vault finds in an installation."""

    running: Running
    settings: Settings

    async def payloads(self) -> list[Any]:
        """Those that hold secrets, as a run reads them."""
        read = Payloads(Blobs(self.settings.blob_path), Vault(self.settings.secret_keys))
        packed: list[bytes] = []
        async with self.running.api.db.read() as session:
            for table in all_tables().sorted_tables:
                for column in (column for column in table.columns if isinstance(column.type, LargeBinary)):
                    packed += [bytes(one) for one in (await session.scalars(select(column))).all() if one]
        with hiding(Mask(owner=self.running.api.workspace_id)):
            return [await read.unpack(one) for one in packed if one[:1] == b"s"]

    async def variables(self) -> Any:
        values = VariableValues(self.running.api.db, Vault(self.settings.secret_keys))
        return (await values.of(self.running.api.workspace_id)).values

    async def others(self) -> list[bytes]:
        vault = Vault(self.settings.secret_keys)
        async with self.running.api.db.read() as session:
            mail = (await session.execute(select(MAILS.c.id, MAILS.c.sealed_link))).one()
            there = (await session.execute(select(REGISTRATIONS.c.id, REGISTRATIONS.c.sealed))).one()
        return [
            vault.decrypt(mail.sealed_link, bound_to=mail.id),
            vault.decrypt(there.sealed, bound_to=bond(there.id)),
        ]


async def sealed_by_others(running: Running) -> None:
    vault, workspace_id = Vault([OLD]), running.api.workspace_id
    registration: dict[str, Any] = {
        "id": "reg_1", "workspace_id": workspace_id, "workflow_id": "wf_1", "node_id": "hear", "connector": "slack",
        "type": "slack.message", "kind": "hook", "params": {}, "status": "live", "created_at": clock.now(),
        "sealed": vault.encrypt(b"the address", bound_to=bond("reg_1")), "detail": "", "hint": "", "attempts": 0,
        "fence": 0,
    }  # fmt: skip
    async with running.api.db.transaction() as session:
        await write_sealed(
            session, vault, workspace_id=workspace_id, recipient="a@x.test", heading="Come", text="Do", link="the link"
        )
        await session.execute(insert(REGISTRATIONS).values(**registration))


async def test_the_newest_key_alone_opens_everything_and_a_run_that_sleeps_goes_on(
    running: Running, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await running.client.put("/api/v1/variables/token", json={"value": SECRET, "secret": True})
    await sealed_by_others(running)
    fields = [
        {"name": "text", "value": "{{ $vars.token }}"},
        {"name": "many", "value": "{{ Array(5000).fill($vars.token) }}"},
    ]
    small = node("small", "core.set", fields=fields[:1], keep="none")
    large = node("large", "core.set", fields=fields, keep="none")
    last = node("last", "core.set", fields=[{"name": "at", "value": "{{ $('Small').item.json.text.length }}"}])
    workflow_id = await made(
        running.client, graph(MANUAL, small, large, node("nap", "core.wait", seconds=86_400), last)
    )
    run = await running.start_again(workflow_id, wait_s=0)
    await running.until(run["id"], "waiting")
    assert len(await Found(running, settings).payloads()) >= 2
    await running.worker.drain(5)

    assert await rotate(keyed(settings, NEW, OLD)) == 0

    said = capsys.readouterr().out
    assert "could not be opened" not in said
    after = Found(running, keyed(settings, NEW))
    assert SECRET in str(await after.payloads())
    assert await after.variables() == {"token": SECRET}
    assert await after.others() == [b"the link", b"the address"]
    before = Found(running, settings)
    assert await before.variables() == {}
    for looked in (before.payloads, before.others):
        with pytest.raises(WrongKey):
            await looked()
    async with working(after.settings):
        assert (await running.client.post(f"/api/v1/runs/{run['id']}/nodes/nap/resume", json={})).status_code == 202
        ended = await running.until(run["id"], "succeeded", "failed")
    assert (ended["status"], ended["output"][0]["at"]) == ("succeeded", len(SECRET))

    assert await rotate(keyed(settings, NEW)) == 0
    assert "\n0 secrets were sealed" in f"\n{capsys.readouterr().out}"


async def test_what_no_key_opens_is_counted_and_stays_as_it_is(
    running: Running, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await running.client.put("/api/v1/variables/token", json={"value": SECRET, "secret": True})

    assert await rotate(keyed(settings, NEW)) == 1

    assert "1 could not be opened" in capsys.readouterr().out
    assert await Found(running, settings).variables() == {"token": SECRET}
