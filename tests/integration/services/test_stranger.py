"""A stranger's connector: begun with the command, installed from a folder outside of the repository, used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodeloom.adapters.settings import Settings
from tests.integration.runs.conftest import Running, service
from tests.support.far_side import FarSide, Reply
from tests.support.flows import MANUAL, graph, node

__all__ = ["service"]

NODELOOM = Path(sys.executable).parent / "nodeloom"


def run(*command: object, path: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages of the stranger's lie; the project itself is elsewhere."""
    project, packages = tmp_path_factory.mktemp("stranger") / "nodeloom-garden-shed", tmp_path_factory.mktemp("site")
    run(NODELOOM, "connector", "new", "garden_shed", "--folder", project)
    uv = Path(sys.executable).parent / "uv"
    run(uv, "pip", "install", "--python", sys.executable, "--no-deps", "--target", packages, project)
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", project, path=str(packages))
    return packages


@pytest.fixture
def shed(installed: Path, service: FarSide, monkeypatch: pytest.MonkeyPatch) -> FarSide:
    """The service of the stranger's; from here on their package is found."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed)])
    service.answer = lambda _: Reply(200, {"content-type": "application/json"}, b'{"id": "t1", "name": "Rake"}')
    return service


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path, shed: FarSide) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        redis_url=redis_url,
        egress_allow=("127.0.0.1",),
        connector_settings={"GARDEN_SHED_API_URL": shed.url("")},
    )


async def test_it_is_in_the_palette_connects_and_runs(running: Running, shed: FarSide, installed: Path) -> None:
    types = {each["type"]: each for each in (await running.client.get("/api/v1/node-types")).json()["items"]}
    secret = {"connector": "garden_shed", "name": "Ours", "secret": {"token": "tok-12345678"}}
    connected = await running.client.post("/api/v1/connections", json=secret)
    assert connected.status_code == 201, connected.text
    create = {
        **node("make", "garden_shed.create_thing", name="{{ $json.what }}"),
        "connection_id": connected.json()["id"],
    }

    done = await running.start(graph(MANUAL, create), {"what": "Rake"})

    assert types["garden_shed.create_thing"]["connection"] == "garden_shed"
    assert connected.json()["health"] == "healthy"
    assert (done["status"], done["output"]) == ("succeeded", [{"id": "t1", "name": "Rake"}]), done["error"]
    asked, made = shed.seen
    assert (asked.path, made.path, made.body) == ("/me", "/things", b'{"name":"Rake"}')
    assert made.headers["authorization"] == "Bearer tok-12345678"


def test_the_command_checks_what_is_installed_and_says_what_is_not(installed: Path) -> None:
    assert "it keeps the contract" in run(NODELOOM, "connector", "check", "garden_shed", path=str(installed))
    missing = subprocess.run([NODELOOM, "connector", "check", "garden_shed"], capture_output=True, text=True)
    assert (missing.returncode, "is not installed" in missing.stderr) == (1, True)


@pytest.mark.parametrize("name", ["Garden", "1st", "a-b", "", "slack", "x" * 60])
def test_a_name_that_can_not_be_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "new"
    refused = subprocess.run(
        [NODELOOM, "connector", "new", name, "--folder", folder], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("nodeloom: ")
    assert not folder.exists()


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = subprocess.run(
        [NODELOOM, "connector", "new", "shed", "--folder", tmp_path], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
