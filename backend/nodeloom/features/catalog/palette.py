"""The catalog as the editor reads it."""

from dataclasses import asdict, dataclass
from typing import Any

from nodeloom.compiler.catalog import EffectBy, NodeSpec, PortsFrom
from nodeloom.features.catalog.catalog import AnyAction, InstalledCatalog, Unavailable
from nodeloom.features.catalog.schema import form_schema
from nodeloom.features.catalog.schemas import (
    AuthRead,
    ConnectorAction,
    ConnectorRead,
    Connectors,
    EffectByParam,
    NodeTypeRead,
    NodeTypes,
    PortsByParams,
)
from nodeloom.graph.document import NodeSettings
from nodeloom.graph.effect import Effect
from nodeloom_connectors.sdk import AnyTrigger, ApiKey, Auth, Basic, Connector, OAuth2

_UNAVAILABLE_COLOR = "#6b7280"


def node_types(catalog: InstalledCatalog) -> NodeTypes:
    """Every installed node type, the built-in ones first."""
    return NodeTypes(items=[_node_type(catalog, type_) for type_ in catalog.types()])


def connectors(catalog: InstalledCatalog) -> Connectors:
    """Every installed connector by name, then those that can't be used."""
    usable = [_connector(connector) for connector in catalog.connectors]
    return Connectors(items=[*usable, *(_unavailable(connector) for connector in catalog.unavailable)])


def _node_type(catalog: InstalledCatalog, type_: str) -> NodeTypeRead:
    spec = catalog.node_spec(type_)
    assert spec is not None
    known = _of_built_in(catalog, type_) or _of_connector(catalog, type_)
    return NodeTypeRead(
        type=type_,
        title=spec.title,
        inputs=spec.inputs if isinstance(spec.inputs, str) else list(spec.inputs),
        outputs=_outputs(spec),
        effect=_effect(spec.effect),
        params_schema=form_schema(spec.params) | ({"x-literal": True} if catalog.trigger(type_) else {}),
        connection=spec.connection,
        mode=spec.mode,
        trigger=spec.trigger,
        container=spec.container,
        can_fail=spec.can_fail,
        scopes=list(spec.scopes),
        sample=_sample(catalog, type_),
        settings_defaults=NodeSettings().model_dump(mode="json"),
        **asdict(known),
    )


def _sample(catalog: InstalledCatalog, type_: str) -> dict[str, Any] | None:
    found = catalog.trigger(type_)
    return dict(found[1].sample) if found is not None and found[1].sample else None


@dataclass(frozen=True)
class _Look:
    """What a node type shows beside what the compiler knows of it."""

    description: str
    group: str
    icon: str
    color: str | None
    aliases: list[str]
    summary: str


def _of_built_in(catalog: InstalledCatalog, type_: str) -> _Look | None:
    node_type = catalog.built_in(type_)
    if node_type is None:
        return None
    return _Look(
        node_type.description, node_type.group, node_type.icon, None, list(node_type.aliases), node_type.summary
    )


def _of_connector(catalog: InstalledCatalog, type_: str) -> _Look:
    found = catalog.action(type_) or catalog.trigger(type_)
    assert found is not None
    connector, known = found
    icon = known.icon or connector.icon
    return _Look(known.description, connector.name, icon, connector.color, list(known.aliases), known.summary)


def _outputs(spec: NodeSpec) -> list[str] | PortsByParams:
    if isinstance(spec.outputs, PortsFrom):
        return PortsByParams(source=spec.outputs.path, plus=list(spec.outputs.plus))
    return list(spec.outputs)


def _effect(effect: Effect | EffectBy) -> Effect | EffectByParam:
    return effect if isinstance(effect, str) else EffectByParam(by=effect.param, values=dict(effect.values))


def _connector(connector: Connector) -> ConnectorRead:
    auths = [_auth(auth) for auth in connector.auths]
    return ConnectorRead(
        name=connector.name,
        title=connector.title,
        icon=connector.icon,
        color=connector.color,
        description=connector.description,
        kind=connector.kind,
        available=True,
        problem=None,
        auth=auths[0],
        auths=auths,
        secret_schema=form_schema(connector.secret_model) if connector.secret_model else None,
        actions=[_described(connector, action) for action in connector.actions],
        triggers=[_described(connector, trigger) for trigger in connector.triggers],
    )


def _auth(auth: Auth) -> AuthRead:
    form = form_schema(auth.fields) if isinstance(auth, ApiKey | Basic) else None
    scopes = list(auth.scopes) if isinstance(auth, OAuth2) else []
    return AuthRead(kind=auth.kind, form=form, scopes=scopes)


def _described(connector: Connector, known: AnyAction | AnyTrigger) -> ConnectorAction:
    return ConnectorAction(type=f"{connector.name}.{known.name}", title=known.title, description=known.description)


def _unavailable(connector: Unavailable) -> ConnectorRead:
    return ConnectorRead(
        name=connector.name,
        title=connector.name,
        icon="unplug",
        color=_UNAVAILABLE_COLOR,
        description="This connector is installed but can't be used.",
        kind="service",
        available=False,
        problem=connector.problem,
        auth=AuthRead(kind="none", form=None, scopes=[]),
        auths=[],
        secret_schema=None,
        actions=[],
        triggers=[],
    )
