"""What every installed connector keeps, ours and a stranger's alike."""

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from itertools import permutations
from pathlib import Path
from typing import Any, TypeAlias, cast, get_args

import grimp
import jsonschema_rs
import pytest
from pydantic import SecretStr

from nodeloom.features.catalog.schema import form_schema
from nodeloom_connectors.sdk import Action, ApiKey, Basic, Connector, Effect, EffectBy, IncomingRequest, OutgoingRequest

AnyAction: TypeAlias = Action[Any, Any, Any]

ICONS = Path(__file__).parents[2] / "node_modules" / "lucide-react" / "dist" / "esm" / "icons"
CONNECTORS: list[Connector] = [entry.load() for entry in sorted(entry_points(group="nodeloom.connectors"))]
ACTIONS: list[tuple[str, AnyAction]] = [
    (f"{connector.name}.{action.name}", action) for connector in CONNECTORS for action in connector.actions
]

every_connector = pytest.mark.parametrize("connector", CONNECTORS, ids=[connector.name for connector in CONNECTORS])
every_action = pytest.mark.parametrize("action", [action for _, action in ACTIONS], ids=[name for name, _ in ACTIONS])


def fields_of(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named field of a schema, inner ones too, with its path."""
    for name, field in cast("dict[str, dict[str, Any]]", schema.get("properties", {})).items():
        yield f"{place}{name}", field
        yield from fields_of(field, f"{place}{name}.")
    for inner in (*schema.get("anyOf", ()), schema.get("items")):
        if isinstance(inner, dict):
            yield from fields_of(cast("dict[str, Any]", inner), place)


def test_the_built_in_ones_are_installed() -> None:
    assert {connector.name for connector in CONNECTORS} >= {"http", "header", "bearer", "basic", "hmac", "api_key"}


@every_connector
def test_a_connector_introduces_itself(connector: Connector) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", connector.name)
    assert connector.title
    assert connector.description.endswith(".")
    assert re.fullmatch(r"#[0-9a-f]{6}", connector.color)


@every_connector
@pytest.mark.skipif(not ICONS.is_dir(), reason="needs `npm ci`")
def test_icons_exist(connector: Connector) -> None:
    for icon in {connector.icon, *(action.icon or connector.icon for action in connector.actions)}:
        assert list(ICONS.glob(f"{icon}.*")), f"Lucide has no icon {icon}"


@every_connector
def test_a_connector_does_something(connector: Connector) -> None:
    if connector.kind == "secret":
        assert connector.request_auth is not None
        assert not connector.actions
    else:
        assert connector.connect is not None
        assert connector.actions


@every_connector
def test_a_secret_has_a_form_that_hides_it(connector: Connector) -> None:
    model = connector.secret_model
    if model is None:
        assert not any(isinstance(auth, ApiKey | Basic) for auth in connector.auths)
        return
    schema = form_schema(model)
    assert jsonschema_rs.meta.is_valid(schema)
    assert all(field.get("title") for _, field in fields_of(schema))
    assert any(field.annotation is SecretStr for field in model.model_fields.values())
    assert model.model_config.get("extra") == "forbid"


@every_connector
def test_what_a_secret_kind_sends_it_accepts_and_nothing_else(connector: Connector) -> None:
    if connector.request_auth is None or connector.secret_model is None:
        return
    example = {name: "Example" for name, field in connector.secret_model.model_fields.items() if field.is_required()}
    secret = connector.secret_model.model_validate(example)
    sent = connector.request_auth.apply(secret, OutgoingRequest("POST", "https://a.example/x", {}, b"body"))
    headers = {name.lower(): text for name, text in sent.headers.items()}
    assert connector.request_auth.accepts(secret, IncomingRequest("POST", headers, {}, b"body"))
    assert not connector.request_auth.accepts(secret, IncomingRequest("POST", {}, {}, b"body"))
    assert "Example" not in repr(secret).replace("name='Example'", "")
    assert "Example" not in sent.url


@every_action
def test_an_action_says_what_it_does(action: AnyAction) -> None:
    assert action.title
    assert action.description.partition("\n")[0].endswith(".")
    assert action.summary
    names = set(action.params.model_fields)
    assert set(re.findall(r"{(\w+)", action.summary)) <= names


@every_action
def test_params_make_a_form(action: AnyAction) -> None:
    schema = form_schema(action.params)
    assert jsonschema_rs.meta.is_valid(schema)
    assert "$ref" not in str(schema)
    assert action.params.model_config.get("extra") == "forbid"
    for place, field in fields_of(schema):
        assert field.get("title"), f"{place} has no title"
        for other in field.get("x-show-if", {}):
            assert other in {name.rpartition(".")[2] for name, _ in fields_of(schema)}, f"{place} depends on {other}"
        assert field.get("writeOnly") is not True, f"{place}: secrets never stand in params"


@every_action
def test_an_effect_is_known_for_every_value(action: AnyAction) -> None:
    if not isinstance(action.effect, EffectBy):
        assert action.effect in get_args(Effect)
        return
    choices = form_schema(action.params)["properties"][action.effect.param]["enum"]
    assert set(action.effect.values) == set(choices)
    assert set(action.effect.values.values()) <= set(get_args(Effect))


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
