"""What comes before the processes: settings checked, tables brought up.

Runs as a child of the supervisor and talks to it in lines of JSON. First line: the settings that the
supervisor needs. Then it waits for a line (the supervisor holds the lock and found the port free), migrates,
and says in a second line what the first visitor has to know.
"""

import json
import sys
from typing import Any

from nodeloom.adapters.settings import Settings, SettingsInvalid, load


def main() -> int:
    try:
        settings = load()
        _say(
            {
                "home": str(settings.home),
                "host": settings.host,
                "port": settings.port,
                "public_url": settings.public_url,
                "workers": settings.workers,
                "redis_socket": settings.redis_url.removeprefix("unix://") if settings.embedded_redis else None,
            }
        )
    except SettingsInvalid as refused:
        print(f"nodeloom: {refused}", file=sys.stderr)
        return 2
    return _bring_up(settings)


def _bring_up(settings: Settings) -> int:
    # Imported only now: the supervisor can start its children as soon as it has the settings.
    from sqlalchemy.exc import SQLAlchemyError

    from nodeloom import migrations
    from nodeloom.entrypoints.keys import check_keys

    if not sys.stdin.readline():
        return 0
    try:
        migrations.upgrade(settings.database_url)
        check_keys(settings)
        _say({"setup_token": _setup_token(settings)})
    except (SettingsInvalid, migrations.DatabaseIsNewer) as refused:
        print(f"nodeloom: {refused}", file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        print(f"nodeloom: NODELOOM_DATABASE_URL: the database can't be used: {reason}", file=sys.stderr)
        return 1
    return 0


def _setup_token(settings: Settings) -> str | None:
    """None once somebody can sign in, or if the settings name the owner."""
    if settings.owner_email and settings.owner_password.get_secret_value():
        return None
    from sqlalchemy import text
    from sqlalchemy.engine import make_url

    from nodeloom.adapters.database import sync_engine

    with sync_engine(make_url(settings.database_url)).connect() as connection:
        if connection.execute(text("SELECT 1 FROM person LIMIT 1")).first():
            return None
    # Imported here: needed once in the life of an installation.
    from nodeloom.features.accounts.owners import setup_token

    return setup_token(settings)


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    sys.exit(main())
