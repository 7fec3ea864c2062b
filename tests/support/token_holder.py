"""A process that opens a connection in several tasks at once: `python -m tests.support.token_holder`, told by stdin."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from nodeloom.adapters.database import Database
from nodeloom.adapters.http import guarded_client
from nodeloom.adapters.settings import Settings
from nodeloom.adapters.vault import Vault
from nodeloom.features.connections.tokens import Tokens
from tests.support.accounts import CATALOG


async def main(told: dict[str, Any]) -> list[str]:
    settings = Settings(
        home=Path(told["home"]),
        database_url=told["database_url"],
        secret_key=told["key"],
        egress_allow=("127.0.0.1",),
        connector_settings=told["settings"],
    )
    database = Database.open(settings.database_url)
    async with guarded_client(settings) as http:
        tokens = Tokens(database, Vault(settings.secret_keys), CATALOG, http, settings)
        _say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        opened = await asyncio.gather(
            *(tokens.opened(told["workspace_id"], told["connection_id"]) for _ in range(told["tasks"]))
        )
        await tokens.close()
    await database.dispose()
    return [one.secret["access_token"] for one in opened]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say(json.dumps(asyncio.run(main(json.loads(sys.stdin.readline())))))
