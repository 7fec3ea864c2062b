"""Whether the secret keys that a process was given open what is stored."""

from sqlalchemy import text
from sqlalchemy.engine import make_url

from nodeloom.adapters.database import sync_engine
from nodeloom.adapters.settings import Settings, SettingsInvalid
from nodeloom.adapters.vault import Vault


def check_keys(settings: Settings) -> None:
    """A lost key is noticed at the start and not by a run at night.

    Raises `SettingsInvalid`; SQLAlchemyError where the database can't be read.
    """
    vault = Vault(settings.secret_keys)
    with sync_engine(make_url(settings.database_url)).connect() as connection:
        sealed = connection.execute(text("SELECT ciphertext FROM credential")).scalars().all()
    unknown = sum(not vault.knows(bytes(secret)) for secret in sealed)
    if unknown:
        raise SettingsInvalid(
            f"NODELOOM_SECRET_KEY: {unknown} of {len(sealed)} stored secrets were sealed with another key; add that key"
        )
