"""What connections keep under the vault's keys: accounts, apps, and consents that are under way."""

from typing import Any, cast

from sqlalchemy import Table

from nodeloom.adapters.resealing import SealedColumn
from nodeloom.adapters.vault import Vault
from nodeloom.features.connections.apps import app_bond
from nodeloom.features.connections.consent import flow_bond
from nodeloom.features.connections.models import Credential, OauthApp, OauthFlow
from nodeloom.features.connections.secrets import credential_bond


def sealed_connections(vault: Vault) -> list[SealedColumn]:
    """For changing the installation's key."""
    credentials, apps, flows = (cast("Table", cast("Any", model).__table__).c for model in _MODELS)
    return [
        SealedColumn(
            credentials.ciphertext,
            lambda row, sealed: vault.sealed_anew(
                sealed, bound_to=credential_bond(row.workspace_id, row.connection_id)
            ),
            credentials.ciphertext.is_not(None),
            needs=(credentials.workspace_id,),
        ),
        SealedColumn(
            apps.ciphertext,
            lambda row, sealed: vault.sealed_anew(sealed, bound_to=app_bond(row.workspace_id, row.connector)),
            apps.ciphertext.is_not(None),
        ),
        SealedColumn(
            flows.ciphertext,
            lambda row, sealed: vault.sealed_anew(sealed, bound_to=flow_bond(row.state_hash)),
            flows.used_at.is_(None),
        ),
    ]


_MODELS = (Credential, OauthApp, OauthFlow)
