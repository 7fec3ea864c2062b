"""How a request under /hooks proves that it may come in."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters.problem import ApiProblem
from nodeloom.adapters.vault import SecretDamaged, Vault, WrongKey
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.accounts import WrongConnection, accepts, authorization
from nodeloom.features.connections.service import OpenedConnection, open_secret
from nodeloom_connectors.sdk import IncomingRequest, OutgoingRequest

log = structlog.stdlib.get_logger(__name__)

# Shorter ones would hide headers that only happen to hold the same letters.
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class HookAuth:
    """`accepts` None: the connection can't be opened, so nobody can be let in.

    What a request proves itself with (a value among `secrets`, a header among `headers`) is not stored.
    """

    kind: str
    accepts: Callable[[IncomingRequest], bool] | None
    secrets: tuple[str, ...] = ()
    headers: frozenset[str] = frozenset()


async def open_auth(
    session: AsyncSession, vault: Vault, catalog: InstalledCatalog, workspace_id: str, wanted: tuple[str, str] | None
) -> HookAuth | None:
    """`wanted` is (kind, connection id); None: whoever knows the address may come in."""
    if wanted is None:
        return None
    kind, connection_id = wanted
    try:
        opened = await open_secret(session, vault, workspace_id, connection_id)
        return _auth(catalog, kind, opened)
    except (ApiProblem, WrongConnection, WrongKey, SecretDamaged) as failure:
        log.warning("webhook can't be authenticated", connection_id=connection_id, reason=str(failure))
        return HookAuth(kind, None)


def _auth(catalog: InstalledCatalog, kind: str, opened: OpenedConnection) -> HookAuth:
    authorize = authorization(catalog, opened)
    # Which headers carry the proof is seen by putting it on a request.
    carried = authorize.apply(OutgoingRequest("POST", "http://localhost/")).headers

    def passes(request: IncomingRequest) -> bool:
        return accepts(catalog, opened, request)

    return HookAuth(
        kind,
        passes,
        tuple(secret for secret in authorize.secrets if len(secret) >= _SHORTEST_SECRET),
        frozenset(name.lower() for name in carried),
    )
