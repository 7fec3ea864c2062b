"""`nodeloom secret`: whatever the vault sealed, sealed anew with the newest key."""

from nodeloom.adapters.blobs import Blobs
from nodeloom.adapters.resealing import Resealed, reseal
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.entrypoints.cli.accounts import opened
from nodeloom.features.connections.resealing import sealed_connections
from nodeloom.features.notifications.outbox import sealed_links
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.resealing import sealed_payloads
from nodeloom.features.triggers.remote.resealing import sealed_registrations
from nodeloom.features.variables.service import sealed_variables
from nodeloom.migrations.tables import all_tables


async def rotate(settings: Settings) -> int:
    vault = Vault(settings.secret_keys)
    payloads = Payloads(Blobs(settings.blob_path), vault)
    columns = [
        *sealed_connections(vault),
        sealed_variables(vault),
        sealed_registrations(vault),
        sealed_links(vault),
        *sealed_payloads(payloads, all_tables()),
    ]
    async with opened(settings) as database:
        total = Resealed()
        for column in columns:
            total += await reseal(database, column)
    print(f"{total.count} secrets were sealed with the newest key")
    if total.unreadable:
        print(f"{total.unreadable} could not be opened: they are damaged, or their key is not in NODELOOM_SECRET_KEY")
        return 1
    print("older keys can be taken out of NODELOOM_SECRET_KEY")
    return 0
