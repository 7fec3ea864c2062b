"""What is kept of registrations at services: for changing the installation's key."""

from nodeloom.adapters.resealing import SealedColumn
from nodeloom.adapters.vault import Vault
from nodeloom.features.triggers.models import REGISTRATIONS
from nodeloom.features.triggers.remote.services import bond


def sealed_registrations(vault: Vault) -> SealedColumn:
    sealed = REGISTRATIONS.c.sealed
    return SealedColumn(
        sealed, lambda row, content: vault.sealed_anew(content, bound_to=bond(row.id)), sealed.is_not(None)
    )
