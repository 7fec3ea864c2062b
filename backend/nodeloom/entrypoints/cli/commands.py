"""The commands that look at or change an installation and end."""

import argparse
import json
import sys
from collections.abc import Callable

import uvloop
from sqlalchemy.exc import SQLAlchemyError

from nodeloom import migrations
from nodeloom.adapters.problem import ApiProblem
from nodeloom.adapters.settings import Settings, SettingsInvalid, load
from nodeloom.adapters.telemetry import configure_logging
from nodeloom.adapters.vault import WrongKey
from nodeloom.adapters.writer import DatabaseUnavailable
from nodeloom.entrypoints.cli.refused import Refused


def run(options: argparse.Namespace) -> int:
    try:
        settings = load()
        # What a command prints is its answer; only what goes wrong is added to it.
        configure_logging(settings.model_copy(update={"log_level": "error"}))
        return _COMMANDS[options.command](settings, options)
    except SettingsInvalid as invalid:
        return _refuse(str(invalid), 2)
    except ApiProblem as problem:
        return _refuse(_told(problem))
    except (migrations.DatabaseIsNewer, WrongKey, Refused, DatabaseUnavailable, OSError) as error:
        return _refuse(str(error))
    except SQLAlchemyError as error:
        return _refuse(f"the database can't be used: {str(getattr(error, 'orig', error)).splitlines()[0]}")


def _told(problem: ApiProblem) -> str:
    """Without the hint where it speaks of the API's fields."""
    hint = "" if problem.problems else problem.hint
    return f"{problem.detail.rstrip('.')}. {hint}".strip()


def _refuse(line: str, status: int = 1) -> int:
    print(f"nodeloom: {line}", file=sys.stderr)
    return status


def _migrate(settings: Settings, _options: argparse.Namespace) -> int:
    changed = migrations.upgrade(settings.database_url)
    print(f"the tables are at {migrations.head()}" + ("" if changed else ", as they were"))
    return 0


def _openapi(settings: Settings, _options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.api import openapi
    from nodeloom.entrypoints.api.app import create_app

    print(json.dumps(openapi.describe(create_app(settings)), indent=2, ensure_ascii=False))
    return 0


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.cli import doctor

    return uvloop.run(doctor.examine(settings, quiet=options.quiet))


def _owner(settings: Settings, options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.cli import accounts

    return uvloop.run(accounts.owner(settings, options))


def _key(settings: Settings, options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.cli import accounts

    return uvloop.run(accounts.create_key(settings, options))


def _secret(settings: Settings, _options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.cli import secrets

    return uvloop.run(secrets.rotate(settings))


def _workflow(settings: Settings, options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.cli import workflows

    return uvloop.run(workflows.run(settings, options))


def _python(settings: Settings, _options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.cli import python

    return python.sync(settings)


_COMMANDS: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
    "migrate": _migrate,
    "openapi": _openapi,
    "doctor": _doctor,
    "owner": _owner,
    "key": _key,
    "secret": _secret,
    "workflow": _workflow,
    "python": _python,
}
