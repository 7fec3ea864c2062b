"""`nodeloom api`, `worker` and `scheduler`: settings, then the process itself."""

import sys
from importlib import import_module

from nodeloom.adapters.settings import SettingsInvalid, load
from nodeloom.adapters.telemetry import configure_logging


def run(word: str) -> int:
    try:
        settings = load()
    except SettingsInvalid as invalid:
        print(f"nodeloom: {invalid}", file=sys.stderr)
        return 2
    configure_logging(settings)
    import_module(f"nodeloom.entrypoints.{word}.main").run(settings)
    return 0
