"""What stands behind an address under /hooks, ready to take requests in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from nodeloom.compiler.catalog import Catalog
from nodeloom.features.runs.accept import GraphRef
from nodeloom.features.triggers.dedupe import DedupeKey
from nodeloom.features.triggers.hook_auth import HookAuth
from nodeloom.features.triggers.replies import RespondAs
from nodeloom.graph.document import GraphSettings, Node

Respond: TypeAlias = Literal["at_once", "last_node", "respond_node"]

ANY = "ANY"
_ANSWER_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRoute:
    """One webhook trigger. `graph` None: what comes in is only kept (the workflow is off, or a node waits for it).

    `subscription_id` None: not a published trigger but the draft's.
    """

    path: str
    method: str
    workspace_id: str
    workflow_id: str
    workflow_name: str
    version: int | None
    node_id: str
    subscription_id: str | None
    graph: GraphRef | None
    timezone: str
    max_concurrent: int | None
    respond: Respond
    respond_as: RespondAs
    timeout_s: float
    auth: HookAuth | None
    dedupe: DedupeKey | None
    awaited: bool = False

    @property
    def waits(self) -> bool:
        return self.graph is not None and self.respond != "at_once"


def hook_config(catalog: Catalog, node: Node) -> dict[str, Any] | None:
    """The trigger's parameters with their defaults; None while they don't fit, as they may in a draft."""
    spec = catalog.node_spec(node.type)
    if spec is None:
        return None
    try:
        return spec.params.model_validate(node.params).model_dump(mode="json", by_alias=True)
    except ValidationError:
        return None


def connection_of(config: Mapping[str, Any]) -> tuple[str, str] | None:
    """(kind, connection id) of the authentication that the trigger asks for."""
    auth = config.get("auth")
    if not isinstance(auth, dict) or auth.get("kind", "none") == "none":  # pyright: ignore[reportUnknownMemberType]
        return None
    return str(auth["kind"]), str(auth.get("connection_id") or "")  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]


def hook_route(
    config: Mapping[str, Any],
    settings: GraphSettings,
    auth: HookAuth | None,
    *,
    path: str,
    workspace_id: str,
    workflow_id: str,
    workflow_name: str,
    version: int | None,
    node_id: str,
    subscription_id: str | None,
    graph: GraphRef | None,
    awaited: bool = False,
) -> HookRoute:
    return HookRoute(
        path=path,
        method=str(config.get("method") or "POST").upper(),
        workspace_id=workspace_id,
        workflow_id=workflow_id,
        workflow_name=workflow_name,
        version=version,
        node_id=node_id,
        subscription_id=subscription_id,
        graph=None if awaited else graph,
        timezone=settings.timezone,
        max_concurrent=settings.max_concurrent_runs,
        respond=config.get("respond") or "at_once",
        respond_as=config.get("respond_as") or "auto",
        timeout_s=float(config.get("timeout_s") or _ANSWER_WITHIN_S),
        auth=auth,
        dedupe=DedupeKey.of(config.get("dedupe_key")),
        awaited=awaited,
    )
