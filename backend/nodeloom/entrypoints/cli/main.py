"""Reads the command line and hands over; imports nothing heavy by itself."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

_PARTS = {
    "api": "the API and the editor",
    "worker": "drives runs",
    "scheduler": "fires schedules and sweeps",
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.command == "up":
        return _up(options)
    if options.command in _PARTS:
        return import_module("nodeloom.entrypoints.cli.parts").run(options.command, held=options.held)
    if options.command == "connector":
        return import_module("nodeloom.entrypoints.cli.connectors").run(options)
    return import_module("nodeloom.entrypoints.cli.commands").run(options)


def _up(options: argparse.Namespace) -> int:
    from nodeloom.entrypoints.supervisor.up import up

    given = {"NODELOOM_PORT": options.port, "NODELOOM_HOME": options.home, "NODELOOM_WORKERS": options.workers}
    environ = {**os.environ, **{name: str(value) for name, value in given.items() if value is not None}}
    return up(environ, open_browser=not options.no_browser)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nodeloom", description="Self-hosted visual workflow builder")
    parser.add_argument("--version", action="version", version=f"nodeloom {version('nodeloom')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start everything on this machine")
    up.add_argument("--port", type=int, help="default 8600")
    up.add_argument("--home", help="data folder, default ./.nodeloom")
    up.add_argument("--workers", type=int, help="default: cores - 1, at least 1")
    up.add_argument("--no-browser", action="store_true", help="do not open a browser at the first start")
    for word, purpose in _PARTS.items():
        part = commands.add_parser(word, help=f"one process: {purpose}")
        part.add_argument("--held", action="store_true", help=argparse.SUPPRESS)
    commands.add_parser("migrate", help="bring the database up to this version")
    doctor = commands.add_parser("doctor", help="check settings, keys, database, Redis, clock, sandbox, address")
    doctor.add_argument("--quiet", action="store_true", help="print only what is wrong")
    commands.add_parser("openapi", help="print the OpenAPI document")
    _add_owner(commands.add_parser("owner", help="the first account, or a way back in"))
    _add_key(commands.add_parser("key", help="API keys"))
    secret = commands.add_parser("secret", help="stored secrets").add_subparsers(dest="action", required=True)
    secret.add_parser("rotate", help="seal all stored secrets with the newest key")
    python = commands.add_parser("python", help="packages for full Python").add_subparsers(dest="action", required=True)
    python.add_parser("sync", help="install what HOME/python/requirements.lock lists")
    _add_connector(commands.add_parser("connector", help="begin a connector, or check one that is installed"))
    _add_workflow(commands.add_parser("workflow", help="import, export, publish or run a workflow"))
    return parser


def _add_owner(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make the owner's account")
    create.add_argument("--email", required=True)
    create.add_argument("--name", default="", help="default: the part of the e-mail before the @")
    reset = actions.add_parser("reset", help="give an owner a new password and end their sessions")
    reset.add_argument("--email", help="default: the first owner")
    for parser in (create, reset):
        parser.add_argument("--password-stdin", action="store_true", help="read the password from the first line")


def _add_key(command: argparse.ArgumentParser) -> None:
    create = command.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "create", help="print a new key, once"
    )
    create.add_argument("--name", required=True)
    create.add_argument("--role", required=True, choices=("owner", "admin", "editor", "runner", "viewer"))
    create.add_argument("--workspace", help="its id; default: the first one")


def _add_connector(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("new", help="make a folder with a connector that works and keeps the contract")
    new.add_argument("name", help="lower case letters, digits and underscores")
    new.add_argument("--folder", help="default: nodeloom-NAME")
    actions.add_parser("check", help="say what is wrong with an installed connector").add_argument("name")


def _add_workflow(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("import", help="make a workflow from a file and print its id")
    add.add_argument("file", help="a graph document, or what export wrote; - for standard input")
    add.add_argument("--name", help="default: the one in the file, or the file's name")
    known = [
        actions.add_parser("export", help="print a workflow as JSON, as import takes it"),
        actions.add_parser("publish", help="publish the draft and print the version"),
        run := actions.add_parser("run", help="start a run of what is live, else of the draft, and print its id"),
    ]
    for parser in known:
        parser.add_argument("id", help="the workflow's, as its address in the browser ends")
    run.add_argument("--input", help="a file with JSON; - for standard input")
    run.add_argument(
        "--wait", action="store_true", help="wait for the end and print the run; exit status 1 if it did not succeed"
    )
    for parser in actions.choices.values():
        parser.add_argument("--workspace", help="its id; default: the first one")


if __name__ == "__main__":
    sys.exit(main())
