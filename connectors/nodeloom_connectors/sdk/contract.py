"""What every connector keeps, ours and a stranger's: one call tells what is wrong.

    def test_the_contract():
        assert faults_of(connector) == []
        assert asyncio.run(faults_of_calls(connector)) == []

`nodeloom connector check NAME` says the same of an installed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast, get_args

from pydantic import BaseModel, SecretStr

from nodeloom_connectors.sdk.action import Action
from nodeloom_connectors.sdk.auth import ApiKey, Basic, NoAuth
from nodeloom_connectors.sdk.connector import Connector
from nodeloom_connectors.sdk.effect import Effect, EffectBy
from nodeloom_connectors.sdk.request_auth import IncomingRequest, OutgoingRequest
from nodeloom_connectors.sdk.trigger import AnyTrigger, AppTrigger

AnyAction: TypeAlias = Action[Any, Any, Any]
Schema: TypeAlias = dict[str, Any]

_NAME = r"[a-z][a-z0-9_]*"


def faults_of(connector: Connector) -> list[str]:
    """What is wrong with the connector as it describes itself; empty for a good one."""
    found = [f"connector: {fault}" for fault in (*_introduction(connector), *_accounts(connector))]
    for each in (*connector.actions, *connector.triggers):
        faults = (*_words(each), *_form(connector, each.params), *(_deeds(connector, each)))
        found += [f"{connector.name}.{each.name}: {fault}" for fault in faults]
    names = [each.name for each in (*connector.actions, *connector.triggers)]
    found += [f"{connector.name}.{name}: the name stands twice" for name in {n for n in names if names.count(n) > 1}]
    return found


def schema_of(model: type[BaseModel]) -> Schema:
    """The model's JSON Schema in one piece; a model inside itself ends after one turn."""
    schema = model.model_json_schema()
    return cast("Schema", _inlined(schema, schema.pop("$defs", {}), ()))


def fields_of(schema: Schema, place: str = "") -> Iterator[tuple[str, Schema]]:
    """Every named field of a schema, inner ones too, with its path."""
    for name, field in cast("dict[str, Schema]", schema.get("properties", {})).items():
        yield f"{place}{name}", field
        yield from fields_of(field, f"{place}{name}.")
    for inner in (*schema.get("anyOf", ()), schema.get("items")):
        if isinstance(inner, dict):
            yield from fields_of(cast("Schema", inner), place)


def _introduction(connector: Connector) -> Iterator[str]:
    if not re.fullmatch(_NAME, connector.name):
        yield f"the name {connector.name!r} must be lower case, digits and underscores"
    if not connector.title:
        yield "there is no title"
    if not connector.description.endswith("."):
        yield "the description must be a sentence"
    if not re.fullmatch(r"#[0-9a-f]{6}", connector.color):
        yield f"the color {connector.color!r} must be #rrggbb"
    if connector.kind == "secret":
        if connector.request_auth is None or connector.actions or connector.triggers:
            yield "a secret kind has a request_auth and nothing else"
        else:
            yield from _secret_kind(connector)
    elif connector.connect is None or not (connector.actions or connector.triggers):
        yield "a service has a `connect`, and an action or a trigger"


def _accounts(connector: Connector) -> Iterator[str]:
    kinds = [auth.kind for auth in connector.auths]
    if len(set(kinds)) < len(kinds) or ("none" in kinds and len(kinds) > 1):
        yield "there may be one way to connect of each kind, and none beside `none`"
    for auth in connector.auths:
        if isinstance(auth, ApiKey | Basic):
            yield from _secret_form(auth.fields)


def _secret_form(model: type[BaseModel]) -> Iterator[str]:
    yield from (
        f"secret.{place} has no title" for place, field in fields_of(schema_of(model)) if not field.get("title")
    )
    if not any(field.annotation is SecretStr for field in model.model_fields.values()):
        yield "the secret's form has no SecretStr"
    if model.model_config.get("extra") != "forbid":
        yield "the secret's form must forbid unknown fields"


def _secret_kind(connector: Connector) -> Iterator[str]:
    """What it sends it accepts, and nothing else; the secret stands neither in an address nor in a repr."""
    auth, model = connector.request_auth, connector.secret_model
    if auth is None or model is None:
        yield "a secret kind is typed"
        return
    secret = model.model_validate(
        {name: "Example" for name, field in model.model_fields.items() if field.is_required()}
    )
    sent = auth.apply(secret, OutgoingRequest("POST", "https://a.example/x", {}, b"body"))
    headers = {name.lower(): text for name, text in sent.headers.items()}
    if not auth.accepts(secret, IncomingRequest("POST", headers, {}, b"body")):
        yield "it doesn't accept what it sends"
    if auth.accepts(secret, IncomingRequest("POST", {}, {}, b"body")):
        yield "it accepts a request without the secret"
    if "Example" in repr(secret).replace("name='Example'", "") or "Example" in sent.url:
        yield "the secret can be read in its repr, or in an address"


def _words(each: AnyAction | AnyTrigger) -> Iterator[str]:
    if not re.fullmatch(_NAME, each.name):
        yield "the name must be lower case, digits and underscores"
    if not each.title:
        yield "there is no title"
    if not each.description.partition("\n")[0].endswith("."):
        yield "the first line of the description must be a sentence"
    for name in re.findall(r"{(\w+)", each.summary):
        if name not in each.params.model_fields:
            yield f"the summary names {name}, which is no parameter"
    if isinstance(each, Action) and not each.summary:
        yield "there is no summary"


def _form(connector: Connector, params: type[BaseModel]) -> Iterator[str]:
    if params.model_config.get("extra") != "forbid":
        yield "the params must forbid unknown fields"
    fields = list(fields_of(schema_of(params)))
    names = {name.rpartition(".")[2] for name, _ in fields}
    for place, field in fields:
        if not field.get("title"):
            yield f"{place} has no title"
        if field.get("writeOnly") is True:
            yield f"{place}: secrets never stand in params"
        yield from (
            f"{place} shows by {other}, which is no parameter"
            for other in field.get("x-show-if", {})
            if other not in names
        )
        yield from _choices(connector, place, field, names)


def _choices(connector: Connector, place: str, field: Schema, names: set[str]) -> Iterator[str]:
    wanted = cast("Mapping[str, Any] | None", field.get("x-options"))
    if wanted is None:
        return
    if wanted["loader"] not in connector.options:
        yield f"{place} takes choices from {wanted['loader']}, which the connector doesn't load"
    yield from (
        f"{place} depends on {other}, which is no parameter" for other in wanted["dependsOn"] if other not in names
    )


def _deeds(connector: Connector, each: AnyAction | AnyTrigger) -> Iterator[str]:
    if isinstance(each, AppTrigger) and connector.app_door is None:
        yield "an AppTrigger needs the connector's app_door"
    if each.scopes and isinstance(connector.auth, NoAuth):
        yield "it asks for scopes, but there is no account"
    if not isinstance(each, Action):
        return
    yield from _effect(each)
    if each.waits is not None:
        if each.effect not in ("once", "idempotent"):
            yield "an action that asks for an approval has the effect once or idempotent"
        yield from (
            f"an action that waits has the parameter {name}" for name in _missing(each, ("message", "timeout_s"))
        )


def _effect(each: AnyAction) -> Iterator[str]:
    known = set(get_args(Effect))
    if not isinstance(each.effect, EffectBy):
        if each.effect not in known:
            yield f"there is no effect {each.effect!r}"
        return
    by = each.effect
    choices = cast("Sequence[str]", schema_of(each.params).get("properties", {}).get(by.param, {}).get("enum", ()))
    if set(by.values) != set(choices) or not set(by.values.values()) <= known:
        yield f"the effect must be told for each value of {by.param}"


def _missing(each: AnyAction, names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in each.params.model_fields]


def _inlined(schema: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_inlined(entry, definitions, inside) for entry in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = dict(cast("Schema", schema))
    reference = fields.pop("$ref", None)
    if not isinstance(reference, str):
        return {name: _inlined(value, definitions, inside) for name, value in fields.items()}
    name = reference.removeprefix("#/$defs/")
    target = {"type": "object"} if name in inside else _inlined(definitions[name], definitions, (*inside, name))
    return {**target, **_inlined(fields, definitions, inside)}
