"""What the documents say is true: graphs compile, commands and settings exist, the example connector works."""

import json
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import httpx2
import pytest

from nodeloom.adapters.settings import PREFIX, Settings
from nodeloom.compiler.compile import compile_graph
from nodeloom.entrypoints.cli.main import main
from nodeloom.features.catalog.catalog import InstalledCatalog, load_catalog
from nodeloom.features.connections.accounts import access
from nodeloom.features.connections.secrets import OpenedConnection
from nodeloom.graph.parse import parse_graph
from nodeloom.nodes.registry import BUILT_IN
from nodeloom_connectors.sdk import Connector, Reconnect
from nodeloom_connectors.sdk.contract import faults_of
from nodeloom_connectors.sdk.contract_calls import faults_of_calls
from tests.architecture.source import ROOT, files, text
from tests.support.actions import context

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
FENCE = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CATALOG = load_catalog()


def blocks(path: Path, language: str) -> list[tuple[str, str]]:
    """(title, code) of the fenced blocks in a language."""
    return [(found[2], found[3]) for found in FENCE.finditer(text(path)) if found[1] == language]


GRAPHS = [
    (f"{path.name}-{number}", document)
    for path in DOCUMENTS
    for number, (_, code) in enumerate(blocks(path, "json"))
    if "nodes" in (document := json.loads(code))
]


@pytest.mark.parametrize("document", [graph for _, graph in GRAPHS], ids=[name for name, _ in GRAPHS])
def test_graphs_compile(document: object) -> None:
    compiled = compile_graph(parse_graph(document), CATALOG)
    assert compiled.problems == ()
    assert compiled.plan is not None


def test_there_are_graphs() -> None:
    assert len(GRAPHS) >= 5


def test_commands_exist(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {
        line.partition("#")[0].strip()
        for path in DOCUMENTS
        for _, code in blocks(path, "sh")
        for line in code.splitlines()
    }
    commands = {line for line in lines if line.startswith("nodeloom ")}
    assert len(commands) > 5
    for command in commands:
        words = re.match(r"nodeloom ((?:[a-z]+ ?)+)", command)
        assert words is not None
        options = re.findall(r"(--[a-z-]+)", command)
        helped = _help(words[1].split(), capsys)
        assert [option for option in options if option not in helped] == [], command


def _help(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words[:2], "--help"])
    assert ended.value.code == 0, words
    return capsys.readouterr().out


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", text(Path("Makefile")), re.MULTILINE))
    named = {word for path in DOCUMENTS for word in re.findall(r"`make ([a-z0-9-]+)", text(path))}
    assert {"start", "test", "check"} <= named <= targets


def test_settings_are_all_explained_and_none_is_made_up() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields if name != "connector_settings"}
    named = {name for path in DOCUMENTS for name in re.findall(r"NODELOOM_[A-Z][A-Z_]*[A-Z]", text(path))}
    explained = set(re.findall(r"NODELOOM_[A-Z][A-Z_]*[A-Z]", text(Path("docs/operating.md"))))
    connectors = re.compile(
        r"NODELOOM_[A-Z]+_(CLIENT_ID|CLIENT_SECRET|SIGNING_SECRET|API_SECRET|API_URL|AUTHORIZE_URL|TOKEN_URL|FOLDER)"
    )
    assert known <= explained
    assert {name for name in named - known if not connectors.fullmatch(name)} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)\s]+)\)", FENCE.sub("", text(path)))
    broken = {link for link in links if not (ROOT / path.parent / link.partition("#")[0]).exists()}
    assert broken == set()


def test_the_files_that_decisions_name_exist() -> None:
    parts = r"`((?:adapters|features|entrypoints|expressions|engine|compiler|graph|nodes)/[\w/.]*)`"
    named = {name for path in DOCUMENTS for name in re.findall(parts, text(path)) if "decisions" in path.parts}
    assert named
    assert {name for name in named if not (ROOT / "backend/nodeloom" / name).exists()} == set()


def test_every_dependency_earns_its_line() -> None:
    project = tomllib.loads(text(Path("pyproject.toml")))["project"]["dependencies"]
    declared = {re.split(r"[\[><=; ]", line, maxsplit=1)[0] for line in project}
    declared |= set(json.loads(text(Path("frontend/package.json")))["dependencies"])
    table = text(Path("README.md")).partition("## Dependencies")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    assert declared == {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.fixture
def tides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package that docs/connectors.md writes, file by file."""
    for title, code in blocks(Path("docs/connectors.md"), "python"):
        (tmp_path / title).parent.mkdir(exist_ok=True)
        (tmp_path / title).write_text(code)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name in [name for name in sys.modules if name.startswith("nodeloom_tides")]:
        monkeypatch.delitem(sys.modules, name)
    return import_module("nodeloom_tides")


async def test_the_example_connector_works(tides: ModuleType) -> None:
    connector = cast("Connector", tides.connector)
    assert faults_of(connector) == []
    assert await faults_of_calls(connector) == []
    catalog = InstalledCatalog(BUILT_IN, [connector])
    assert {"tides.level", "tides.warn"} <= set(catalog.types())
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        if request.url.path == "/me":
            return httpx2.Response(401)
        return httpx2.Response(200, json={"station": "cuxhaven", "level": 512.5, "unit": "cm", "id": "w1"})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        opened = OpenedConnection("con_1", "tides", "Our station", {"token": "s3cret-token"})
        given: Any = access(catalog, connector, http, opened, {"TIDES_API_URL": "https://t.example"})
        assert connector.connect is not None
        client = connector.connect(given)
        for action in connector.actions:
            params = action.params.model_validate(
                {"station": "cuxhaven", **({"text": "!"} if action.name == "warn" else {})}
            )
            assert await action.run(context(client, key="key-1"), params)
        assert connector.verify is not None
        with pytest.raises(Reconnect):
            await connector.verify(given)
    assert [str(request.url) for request in seen[:2]] == [
        "https://t.example/stations/cuxhaven/level?unit=cm",
        "https://t.example/stations/cuxhaven/warnings",
    ]
    assert seen[1].headers["idempotency-key"] == "key-1"
    assert {request.headers["authorization"] for request in seen} == {"Bearer s3cret-token"}
