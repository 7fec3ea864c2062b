"""`nodeloom connector`: a folder to begin a connector with, and what is wrong with one that is installed."""

import argparse
import asyncio
import re
import sys
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from nodeloom.features.catalog.catalog import load_catalog
from nodeloom_connectors.sdk.contract import faults_of
from nodeloom_connectors.sdk.contract_calls import faults_of_calls

_TEMPLATES: Final = files("nodeloom.entrypoints.cli") / "connector_template"
_WRITTEN: Final = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "nodeloom_{name}/__init__.py": "init.py.txt",
    "nodeloom_{name}/client.py": "client.py.txt",
    "nodeloom_{name}/things.py": "things.py.txt",
    "tests/test_contract.py": "test_contract.py.txt",
}


def run(options: argparse.Namespace) -> int:
    if options.action == "new":
        return _new(options.name, Path(options.folder or f"nodeloom-{options.name.replace('_', '-')}"))
    return asyncio.run(_check(options.name))


def _new(name: str, folder: Path) -> int:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        return _refuse(f"{name!r} can't be a connector's name: take lower case letters, digits and underscores")
    if load_catalog().connector(name) is not None:
        return _refuse(f"a connector called {name} is installed already")
    if folder.exists() and any(folder.iterdir()):
        return _refuse(f"{folder} is there already, and not empty")
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
        "class_": "".join(part.capitalize() for part in name.split("_")),
        "upper": name.upper(),
    }
    for place, template in _WRITTEN.items():
        path = folder / place.format(name=name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((_TEMPLATES / template).read_text()).substitute(words))
    print(f"{folder}/ holds a connector that works with a service that has things. Next:")
    print(f"  pip install -e {folder}\n  nodeloom connector check {name}\nand start Nodeloom again.")
    return 0


async def _check(name: str) -> int:
    catalog = load_catalog()
    connector = catalog.connector(name)
    if connector is None:
        unavailable = next((each for each in catalog.unavailable if each.name == name), None)
        said = f"can't be used: {unavailable.problem}" if unavailable else "is not installed"
        return _refuse(f"the connector {name} {said}")
    faults = [*faults_of(connector), *await faults_of_calls(connector)]
    for fault in faults:
        print(fault)
    known = f"{len(connector.actions)} actions, {len(connector.triggers)} triggers"
    print(f"{name}: {known}; " + (f"{len(faults)} faults" if faults else "it keeps the contract"))
    return 1 if faults else 0


def _refuse(line: str) -> int:
    print(f"nodeloom: {line}", file=sys.stderr)
    return 1
