"""A connector of a stranger's, whose service can be made to refuse, to be down, or to break."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.features.catalog.own.catalogs import Catalogs
from nodeloom.features.connections.tokens import Tokens
from nodeloom.nodes.registry import BUILT_IN
from nodeloom_connectors.sdk import Access, Account, ApiKey, Connector
from tests.support.api import ApiUnderTest


class StrangerSecret(BaseModel):
    model_config = ConfigDict(extra="forbid")

    api_key: SecretStr = Field(title="Key", min_length=3)
    base_url: str | None = Field(default=None, title="Address")


@dataclass
class Service:
    """`raises` makes what the service says to the secret; None: it is fine."""

    raises: Callable[[str], Exception] | None = None
    asked: int = 0
    account: Account | None = None

    async def verify(self, access: Access[StrangerSecret]) -> Account | None:
        self.asked += 1
        if self.raises is not None:
            raise self.raises(access.secret.api_key.get_secret_value())
        return self.account


STRANGER = Connector(
    name="stranger",
    title="Stranger",
    icon="ghost",
    color="#000000",
    description="A service of somebody else.",
    auth=ApiKey(fields=StrangerSecret),
)


def install(api: ApiUnderTest) -> Service:
    service = Service()
    add(api, replace(STRANGER, verify=service.verify))
    return service


def add(api: ApiUnderTest, connector: Connector) -> None:
    """Beside what is installed already."""
    state = api.app.state
    known: InstalledCatalog = state.catalog
    others = [one for one in known.connectors if one.name != connector.name]
    state.catalog = InstalledCatalog(BUILT_IN, [*others, connector])
    state.catalogs = Catalogs(state.db, state.catalog)
    state.tokens = Tokens(state.db, state.vault, state.catalog, state.http, state.settings)
