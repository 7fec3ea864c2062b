"""What every installed connector keeps, ours and a stranger's alike: the contract of the SDK, and a few things more."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from itertools import permutations
from pathlib import Path
from typing import Any

import grimp
import httpx2
import jsonschema_rs
import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom.features.catalog.schema import form_schema
from nodeloom_connectors.sdk import (
    ActionContext,
    ApiKey,
    Connector,
    EffectBy,
    RetryLater,
    action,
)
from nodeloom_connectors.sdk.contract import faults_of
from nodeloom_connectors.sdk.contract_calls import faults_of_calls

ICONS = Path(__file__).parents[2] / "node_modules" / "lucide-react" / "dist" / "esm" / "icons"
CONNECTORS: list[Connector] = [entry.load() for entry in sorted(entry_points(group="nodeloom.connectors"))]

every_connector = pytest.mark.parametrize("connector", CONNECTORS, ids=[connector.name for connector in CONNECTORS])


def test_the_built_in_ones_are_installed() -> None:
    assert {connector.name for connector in CONNECTORS} >= {"http", "header", "bearer", "basic", "hmac", "api_key"}


@every_connector
def test_a_connector_keeps_the_contract(connector: Connector) -> None:
    assert faults_of(connector) == []


@every_connector
async def test_its_actions_tell_failures_of_the_service_apart(connector: Connector) -> None:
    assert await faults_of_calls(connector) == []


@every_connector
@pytest.mark.skipif(not ICONS.is_dir(), reason="needs `npm ci`")
def test_icons_exist(connector: Connector) -> None:
    known = (*connector.actions, *connector.triggers)
    for icon in {connector.icon, *(each.icon or connector.icon for each in known)}:
        assert list(ICONS.glob(f"{icon}.*")), f"Lucide has no icon {icon}"


@every_connector
def test_its_forms_are_json_schemas_without_references(connector: Connector) -> None:
    secrets = [connector.secret_model] if connector.secret_model is not None else []
    for model in (*secrets, *(each.params for each in (*connector.actions, *connector.triggers))):
        schema = form_schema(model)
        assert jsonschema_rs.meta.is_valid(schema)
        assert "$ref" not in str(schema)


class LampSecret(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: SecretStr = Field(title="Token")


class LampParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    room: str = Field(title="Room", examples=["hall"])


class Lit(BaseModel):
    room: str


@action(title="Light", effect="once", summary="{room}")
async def light(ctx: ActionContext[httpx2.AsyncClient], params: LampParams) -> Lit:
    """Lights a lamp."""
    return Lit(room=params.room)


LAMP = Connector(
    name="lamp",
    title="Lamp",
    icon="lamp",
    color="#123456",
    description="A lamp.",
    auth=ApiKey(fields=LampSecret),
    actions=(light,),
    connect=lambda access: access.http,
)


class Open(BaseModel):
    room: str = Field(title="Room")


class Untitled(LampParams):
    more: int = Field(default=1, title="")


class Picked(LampParams):
    lamp: str = Field(default="", title="Lamp", json_schema_extra={"x-options": {"loader": "lamps", "dependsOn": []}})


class Shown(LampParams):
    more: str = Field(default="", title="More", json_schema_extra={"x-show-if": {"nothing": ["a"]}})


class Bare(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: str = Field(title="Token")


def with_action(**changed: Any) -> Connector:
    return replace(LAMP, actions=(replace(light, **changed),))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(LAMP, name="Lamp"), "lower case"),
        (replace(LAMP, title=""), "no title"),
        (replace(LAMP, description="A lamp"), "sentence"),
        (replace(LAMP, color="red"), "#rrggbb"),
        (replace(LAMP, connect=None), "connect"),
        (replace(LAMP, kind="secret"), "secret kind"),
        (replace(LAMP, auth=ApiKey(fields=Bare)), "SecretStr"),
        (replace(LAMP, other_auths=(ApiKey(fields=LampSecret),)), "one way to connect of each kind"),
        (replace(LAMP, actions=(light, light)), "twice"),
        (with_action(name="Light"), "lower case"),
        (with_action(description="lights"), "sentence"),
        (with_action(summary="{lamp}"), "names lamp"),
        (with_action(summary=""), "no summary"),
        (with_action(effect="often"), "no effect"),
        (with_action(effect=EffectBy("room", {"hall": "read"})), "each value"),
        (with_action(waits="approval"), "message"),
        (with_action(params=Open), "forbid"),
        (with_action(params=Untitled), "no title"),
        (with_action(params=Picked), "doesn't load"),
        (with_action(params=Shown), "shows by"),
    ],
)
def test_each_broken_promise_is_found(broken: Connector, said: str) -> None:
    assert faults_of(LAMP) == []
    assert any(said in fault for fault in faults_of(broken)), faults_of(broken)


Send = Callable[[httpx2.AsyncClient], Any]


async def careless(http: httpx2.AsyncClient) -> None:
    await http.post("https://lamp.example/on")


async def talkative(http: httpx2.AsyncClient) -> None:
    try:
        answer = await http.post("https://lamp.example/on")
    except httpx2.HTTPError as error:
        raise RetryLater("No light.") from error
    if answer.is_error:
        raise RetryLater(answer.text)


async def deaf(http: httpx2.AsyncClient) -> None:
    try:
        await http.post("https://lamp.example/on")
    except httpx2.HTTPError:
        return


@pytest.mark.parametrize(
    ("send", "said"),
    [
        (careless, "ConnectError instead of one of the four"),
        (talkative, "gives the secret away"),
        (talkative, "RetryLater, although it may have happened"),
        (deaf, "takes that for success"),
    ],
)
async def test_each_way_to_misjudge_a_failure_is_found(send: Send, said: str) -> None:
    async def run(ctx: ActionContext[httpx2.AsyncClient], params: LampParams) -> Lit:
        await send(ctx.client)
        return Lit(room=params.room)

    found = await faults_of_calls(with_action(run=run))

    assert any(said in fault for fault in found), found


GRAPH = grimp.build_graph("nodeloom_connectors", include_external_packages=True)
# What several connectors of one vendor, or of one language (SQL, mail), stand on (docs/decisions/0021): no connector.
BASES = {"nodeloom_connectors.google", "nodeloom_connectors.databases", "nodeloom_connectors.mail"}
FOLDERS = sorted(GRAPH.find_children("nodeloom_connectors") - {"nodeloom_connectors.sdk"})


@pytest.mark.parametrize(("importer", "imported"), list(permutations(FOLDERS, 2)))
def test_connectors_do_not_know_each_other(importer: str, imported: str) -> None:
    if importer not in BASES and imported in BASES:
        return
    assert not GRAPH.direct_import_exists(importer=importer, imported=imported, as_packages=True)


def test_a_base_is_no_connector() -> None:
    loaded = {entry.value.partition(":")[0] for entry in entry_points(group="nodeloom.connectors")}
    assert loaded.isdisjoint(BASES)
    assert set(FOLDERS) >= BASES


def test_the_sdk_knows_nothing_of_ours() -> None:
    modules = {"nodeloom_connectors.sdk", *GRAPH.find_descendants("nodeloom_connectors.sdk")}
    imported = {name for module in modules for name in GRAPH.find_modules_directly_imported_by(module)}
    assert {name for name in imported if name.startswith("nodeloom")} <= modules
