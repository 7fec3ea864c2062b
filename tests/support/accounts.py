"""A service with OAuth whose provider is the stand-in, and accounts of it: for tests that are not about the consent."""

from pathlib import Path
from typing import Any

from nodeloom.adapters import clock
from nodeloom.adapters.database import Database
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts import members
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.connections.models import Connection, Credential
from nodeloom.features.connections.renewing import end_of, token_of
from nodeloom.features.connections.secrets import sealed
from nodeloom_connectors.sdk import Connector, OAuth2, standard_token
from tests.support.standins.oauth import OAuthProvider

KEY = "a key that is long enough for tests"
LOOM = Connector(
    name="loom",
    title="Loom",
    icon="cable",
    color="#336699",
    description="A service with OAuth 2.",
    auth=OAuth2(
        authorize_url="https://loom.invalid/authorize",
        token_url="https://loom.invalid/token",
        revoke_url="https://loom.invalid/revoke",
        scopes=("read", "write"),
    ),
)
CATALOG = InstalledCatalog({}, [LOOM])


def loom_settings(provider: OAuthProvider, name: str = "LOOM") -> dict[str, str]:
    """What the installation says: the app, and where the provider is."""
    return {
        f"{name}_CLIENT_ID": provider.client_id,
        f"{name}_CLIENT_SECRET": provider.client_secret,
        f"{name}_AUTHORIZE_URL": provider.authorize_url,
        f"{name}_TOKEN_URL": provider.token_url,
        f"{name}_REVOKE_URL": provider.revoke_url,
    }


def settings_for(provider: OAuthProvider, database_url: str, home: Path) -> Settings:
    return Settings(
        home=home,
        database_url=database_url,
        secret_key=KEY,  # pyright: ignore[reportArgumentType]
        egress_allow=("127.0.0.1",),
        connector_settings=loom_settings(provider),
    )


async def connected(
    database: Database, vault: Vault, workspace_id: str, answer: dict[str, Any], *, owner: str | None = None
) -> str:
    """A connection as it is after a consent that gave this answer of the token endpoint."""
    now = clock.now()
    given = standard_token(answer)
    token = token_of(given, now)
    connection_id = new_id("con")
    async with database.transaction() as session:
        session.add(
            Connection(
                id=connection_id,
                workspace_id=workspace_id,
                connector=LOOM.name,
                name="Ours",
                health="healthy",
                health_detail="",
                auth="oauth2",
                account_id="U0PERSON",
                account_name="Person",
                scopes=list(given.scopes or ()),
                expires_at=end_of(token),
                owner_member_id=owner,
                created_by="Editor",
                created_at=now,
                updated_at=now,
            )
        )
        await session.flush()
        session.add(
            Credential(
                connection_id=connection_id,
                workspace_id=workspace_id,
                ciphertext=sealed(vault, workspace_id, connection_id, token),
                obtained_at=now,
            )
        )
    return connection_id


async def workspace_in(database: Database) -> str:
    async with database.transaction() as session:
        return (await members.add_workspace(session, "Ours")).id
