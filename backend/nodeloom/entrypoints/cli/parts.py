"""`nodeloom api`, `worker` and `scheduler`: settings, then the process itself."""

import gc
import sys
from contextlib import suppress
from importlib import import_module

from nodeloom.adapters.settings import SettingsInvalid, load
from nodeloom.adapters.telemetry import configure_logging

# The scheduler opens no secret.
_OPENING_SECRETS = ("api", "worker")


def run(word: str, *, held: bool = False) -> int:
    """`held`: import what is needed, which takes seconds, then wait for a line before touching anything."""
    name = f"nodeloom.entrypoints.{word}.main"
    # What imports make stays for good: looking through it again and again costs a tenth of the start.
    gc.disable()
    if held:
        import_module(name)
        if not sys.stdin.readline():
            return 0
    try:
        settings = load()
        if word in _OPENING_SECRETS:
            from sqlalchemy.exc import SQLAlchemyError

            from nodeloom.entrypoints.keys import check_keys

            # A database that isn't there yet is waited for by the process itself.
            with suppress(SQLAlchemyError):
                check_keys(settings)
    except SettingsInvalid as invalid:
        print(f"nodeloom: {invalid}", file=sys.stderr)
        return 2
    configure_logging(settings)
    part = import_module(name)
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
    part.run(settings)
    return 0
