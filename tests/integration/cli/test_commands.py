"""The commands, as they are typed."""

import json
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.up import NODELOOM, environment, free_port

from nodeloom.adapters.vault import Vault

pytestmark = pytest.mark.timeout(180)

GRAPH: dict[str, Any] = {
    "format": 1,
    "nodes": [
        {"id": "start", "type": "core.manual"},
        {"id": "add", "type": "core.set", "params": {"fields": [{"name": "sum", "value": "{{ $json.a + 1 }}"}]}},
    ],
    "edges": [{"id": "e1", "source": "start", "target": "add"}],
}


@dataclass(frozen=True)
class Installation:
    folder: Path
    settings: dict[str, str]

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [NODELOOM, *arguments],
            env=self.settings,
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def answer(self, *arguments: str, given: str = "") -> str:
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refusal(self, *arguments: str, given: str = "") -> str:
        done = self.run(*arguments, given=given)
        assert done.returncode == 1, done.stdout
        return done.stderr.strip()


@pytest.fixture
def installation(tmp_path: Path, sqlite_url: str) -> Installation:
    return Installation(tmp_path, environment(tmp_path / "home", free_port(), NODELOOM_DATABASE_URL=sqlite_url))


def make_owner(installation: Installation) -> None:
    installation.answer("owner", "create", "--email", "ada@example.com", "--password-stdin", given="a long password\n")


def test_migrate_brings_an_empty_database_up_and_then_leaves_it(tmp_path: Path) -> None:
    empty = Installation(tmp_path, environment(tmp_path / "home", free_port()))
    assert empty.answer("migrate").startswith("the tables are at ")
    assert empty.answer("migrate").endswith("as they were")


def test_there_is_one_first_owner_and_a_way_back_in(installation: Installation) -> None:
    make_owner(installation)
    create = ("owner", "create", "--email", "eve@example.com", "--password-stdin")
    assert "already has an owner" in installation.refusal(*create, given="a long password\n")
    reset = installation.answer("owner", "reset", "--password-stdin", given="another password\n")
    assert reset.startswith("ada@example.com has a new password")


def test_a_short_password_is_refused_with_a_reason(installation: Installation) -> None:
    create = ("owner", "create", "--email", "ada@example.com", "--password-stdin")
    assert "at least" in installation.refusal(*create, given="short\n")


def test_what_can_not_be_is_refused_in_one_line(installation: Installation) -> None:
    create = ("owner", "create", "--password-stdin", "--email")
    assert installation.refusal(*create, "nobody") == "nodeloom: --email: an e-mail looks like name@example.org"
    reset = installation.refusal("owner", "reset", "--password-stdin", given="a long password\n")
    assert reset == "nodeloom: There is no owner yet."
    short = installation.refusal(*create, "ada@example.com", given="short\n")
    assert short == "nodeloom: A password has at least 10 characters."
    key = installation.refusal("key", "create", "--name", " ", "--role", "editor")
    assert key == "nodeloom: --name: String should have at least 1 character"


def test_a_run_takes_an_object_or_a_list(installation: Installation) -> None:
    make_owner(installation)
    workflow = installation.answer("workflow", "import", "-", given=json.dumps(GRAPH))
    run = ("workflow", "run", workflow, "--input")
    assert "neither an object" in installation.refusal(*run, "-", given='"text"')
    assert "nowhere.json can't be read" in installation.refusal(*run, "nowhere.json")


def test_a_key_needs_a_workspace_and_is_printed_alone(installation: Installation) -> None:
    create = ("key", "create", "--name", "ci", "--role", "editor")
    assert "nodeloom owner create" in installation.refusal(*create)
    make_owner(installation)
    assert installation.answer(*create).startswith("nl_")


def test_a_workflow_goes_in_and_out_is_published_and_run(installation: Installation) -> None:
    make_owner(installation)
    workflow = installation.answer("workflow", "import", "-", "--name", "Sums", given=json.dumps(GRAPH))
    exported = json.loads(installation.answer("workflow", "export", workflow))
    assert exported["name"] == "Sums"
    assert [node["id"] for node in exported["graph"]["nodes"]] == ["start", "add"]
    assert json.loads(installation.answer("workflow", "publish", workflow)) == {"version": 1}
    assert installation.answer("workflow", "run", workflow).startswith("run_")


def test_a_broken_workflow_is_not_published_and_every_problem_is_named(installation: Installation) -> None:
    make_owner(installation)
    broken = {**GRAPH, "nodes": [GRAPH["nodes"][1]], "edges": []}
    workflow = installation.answer("workflow", "import", "-", given=json.dumps(broken))
    assert "Nothing starts this workflow" in installation.refusal("workflow", "publish", workflow)


def test_doctor_fails_before_migrate_and_says_so(tmp_path: Path) -> None:
    empty = Installation(tmp_path, environment(tmp_path / "home", free_port()))
    done = empty.run("doctor", "--quiet")
    assert done.returncode == 1
    assert done.stdout.startswith("fail  database: ")
    assert "nodeloom migrate" in done.stdout


@pytest.mark.parametrize(
    ("table", "columns", "rest"),
    [
        ("credential", "ciphertext, connection_id, workspace_id, obtained_at, generation", "'con_1', 'ws_1', 0, 1"),
        (
            "variable",
            "ciphertext, id, workspace_id, name, description, updated_by, created_at, updated_at",
            "'var_1', 'ws_1', 'token', '', 'Ada', 0, 0",
        ),
    ],
)
def test_doctor_notices_a_lost_key(
    installation: Installation, sqlite_url: str, table: str, columns: str, rest: str
) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        sealed = Vault(["a key that nobody has any more"]).encrypt(b"x", bound_to="con_1")
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES (?, {rest})", [sealed])  # noqa: S608 - nothing from outside
    connection.close()
    done = installation.run("doctor", "--quiet")
    assert (done.returncode, done.stdout.count("fail")) == (1, 1)
    assert "1 of 1 stored secrets can't be opened" in done.stdout
    up = installation.run("up", "--no-browser")
    assert (up.returncode, "NODELOOM_SECRET_KEY" in up.stderr) == (2, True)
    for word in ("api", "worker"):
        alone = installation.run(word)
        assert (alone.returncode, len(alone.stderr.splitlines())) == (2, 1)
        assert "NODELOOM_SECRET_KEY: 1 of 1 stored secrets" in alone.stderr


def test_doctor_knocks_at_the_mail_server_and_counts_what_was_given_up(
    installation: Installation, sqlite_url: str
) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        given_up = "'mail_1', 'ws_1', 'grace@example.org', 'a', 'b', 'Open', 'dead', 12, 0, 0"
        columns = "id, workspace_id, recipient, heading, text, link_label, status, tries, due_at, created_at"
        connection.execute(f"INSERT INTO mail ({columns}) VALUES ({given_up})")  # noqa: S608 - nothing from outside
    connection.close()
    url = f"smtp://ada:hidden@127.0.0.1:{free_port()}"
    done = Installation(installation.folder, {**installation.settings, "NODELOOM_SMTP_URL": url}).run("doctor")
    lines = [line for line in done.stdout.splitlines() if " mail: " in line]
    assert done.returncode == 1
    assert [line[:4] for line in lines] == ["fail", "warn"]
    assert "1 letters were given up" in lines[1]
    assert "hidden" not in done.stdout + done.stderr


def test_a_mail_address_that_makes_no_sense_stops_the_start_without_repeating_it(installation: Installation) -> None:
    settings = {**installation.settings, "NODELOOM_SMTP_URL": "smtp://ada:hidden@mail.example.org/box"}
    done = Installation(installation.folder, settings).run("doctor")
    assert done.returncode == 2
    assert done.stderr.startswith("nodeloom: NODELOOM_SMTP_URL: expected smtp://")
    assert "hidden" not in done.stderr


def test_the_openapi_document_is_printed(installation: Installation) -> None:
    assert json.loads(installation.answer("openapi"))["openapi"].startswith("3.1")
