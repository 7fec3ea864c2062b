"""What the catalog's routes answer."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from nodeloom.graph.effect import Effect


class PortsByParams(BaseModel):
    """The ports that parameters make: the values at `from`, then those of `plus`."""

    source: str = Field(serialization_alias="from")
    plus: list[str]


class EffectByParam(BaseModel):
    """The effect by the value of the parameter `by`."""

    by: str
    values: dict[str, Effect]


class NodeTypeRead(BaseModel):
    """`inputs` is "numbered" for in1, in2 and so on. `summary` is a template over the params for the card.

    `scopes` are what the node's connection must have been granted. `sample` is an item as a trigger's service would
    make it; null where there is none.
    """

    type: str
    title: str
    description: str
    group: str
    icon: str
    color: str | None
    inputs: list[str] | Literal["numbered"]
    outputs: list[str] | PortsByParams
    effect: Effect | EffectByParam
    params_schema: dict[str, Any]
    connection: str | None
    aliases: list[str]
    summary: str
    mode: Literal["each", "all"]
    trigger: bool
    container: bool
    can_fail: bool
    scopes: list[str]
    sample: dict[str, Any] | None
    settings_defaults: dict[str, Any]


class NodeTypes(BaseModel):
    items: list[NodeTypeRead]


class AuthRead(BaseModel):
    """`schema` is the form of what a person types; null where nothing is typed."""

    kind: Literal["none", "api_key", "basic", "oauth2", "oauth1"]
    form: dict[str, Any] | None = Field(serialization_alias="schema")
    scopes: list[str]


class ConnectorAction(BaseModel):
    type: str
    title: str
    description: str


class ConnectorRead(BaseModel):
    """`secret` connectors accompany plain HTTP requests; an unavailable one has a `problem`.

    `auth` is the way to connect that is offered first, `auths` are all of them.
    """

    name: str
    title: str
    icon: str
    color: str
    description: str
    kind: Literal["service", "secret"]
    available: bool
    problem: str | None
    auth: AuthRead
    auths: list[AuthRead]
    secret_schema: dict[str, Any] | None
    actions: list[ConnectorAction]
    triggers: list[ConnectorAction]


class Connectors(BaseModel):
    items: list[ConnectorRead]
