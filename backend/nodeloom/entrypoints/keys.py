"""Whether the secret keys that a process was given open what is stored."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url

from nodeloom.adapters.database import sync_engine
from nodeloom.adapters.settings import Settings, SettingsInvalid
from nodeloom.adapters.vault import Vault

STORED_SECRETS: Final = text(
    "SELECT ciphertext FROM credential UNION ALL SELECT ciphertext FROM oauth_app "
    "UNION ALL SELECT ciphertext FROM variable WHERE ciphertext IS NOT NULL"
)
"""What people gave, and nobody could give again by himself."""


def unknown_among(vault: Vault, stored: Sequence[bytes]) -> int:
    return sum(not vault.knows(bytes(secret)) for secret in stored)


def check_keys(settings: Settings) -> None:
    """A lost key is noticed at the start and not by a run at night.

    Raises `SettingsInvalid`; SQLAlchemyError where the database can't be read.
    """
    with sync_engine(make_url(settings.database_url)).connect() as connection:
        stored = connection.execute(STORED_SECRETS).scalars().all()
    unknown = unknown_among(Vault(settings.secret_keys), stored)
    if unknown:
        raise SettingsInvalid(
            f"NODELOOM_SECRET_KEY: {unknown} of {len(stored)} stored secrets were sealed with another key; add that key"
        )
