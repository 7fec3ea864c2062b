"""What belongs to a workspace is asked for by workspace."""

from pathlib import Path

import pytest

from nodeloom.migrations.tables import all_tables
from tests.architecture.source import files, functions, names_in, text

TABLES = all_tables()

NOT_OF_ONE_WORKSPACE = {
    "person": "one person may be a member of many",
    "workspace": "is one",
    "claim": "the first owner's claim on the installation",
    "login_throttle": "counts tries to sign in, before anybody is known",
    "idempotency_record": "bound to the caller (key or member), who belongs to one workspace",
    "worker": "a process serves all of them",
}

# Of these the workspace is what is looked for, or every workspace is meant.
ASKED_WITHOUT = {
    "accounts": {
        "owners": "the installation's, for `nodeloom owner reset`",
        "members_of_person": "in which workspaces somebody is",
        "session_by_digest": "who sends a request",
        "sessions_of_person": "a session belongs to a person",
        "session_of_person": "a session belongs to a person",
        "signed_in_from": "a session belongs to a person",
        "end_sessions": "a session belongs to a person",
        "end_session": "its own, found by its token",
        "forget_ended_sessions": "every workspace's",
        "key_by_digest": "who sends a request",
        "touch_key": "its own, found by its digest",
    },
    "notifications": {
        "unannounced": "every workspace's, for the bells",
        "note_announced": "every workspace's, by their ids",
        "any_mail_due": "every workspace's, to be sent",
        "claim_mails": "every workspace's, to be sent",
        "drop_queued_mails": "every workspace's, where no server is set",
        "forget_old": "every workspace's",
    },
    "chats": {"forget_chats": "every workspace's"},
    "connections": {
        "flow_by_state": "who comes back from a consent, told by a secret of 256 bits",
        "use_flow": "its own, found by its state",
        "forget_flows": "every workspace's",
    },
    "triggers": {
        "taken_paths": "an address is unique in the installation",
        "hooks_at": "whose address it is",
        "due_schedules": "every workspace's",
        "next_due_at": "every workspace's",
        "forget_old": "every workspace's",
    },
}

QUERYING = {"select", "update", "delete", "get", "_WITH_GRAPH"}
REPOSITORIES = [path for path in files() if path.match("backend/nodeloom/features/*/repository.py")]


@pytest.mark.parametrize("table", TABLES.tables.values(), ids=TABLES.tables.keys())
def test_every_row_belongs_to_a_workspace(table: object) -> None:
    name, columns = str(getattr(table, "name", "")), getattr(table, "columns", {})
    assert ("workspace_id" in columns) is (name not in NOT_OF_ONE_WORKSPACE)


def test_the_exceptions_exist() -> None:
    assert NOT_OF_ONE_WORKSPACE.keys() <= TABLES.tables.keys()


@pytest.mark.parametrize("path", REPOSITORIES, ids=[path.parent.name for path in REPOSITORIES])
def test_every_query_names_the_workspace(path: Path) -> None:
    """A function that touches a workspace's table speaks of `workspace_id`, or it is said above why not."""
    owned = _owned_words(path)
    assert owned, "the rule knows the tables of this feature"
    helpers = {function.name for function in functions(path) if "workspace_id" in names_in(function)}
    without = {
        function.name
        for function in functions(path)
        if QUERYING & (names := names_in(function)) and names & (owned | {"_WITH_GRAPH"})
        if "workspace_id" not in names and not names & helpers
    }
    assert without == set(ASKED_WITHOUT.get(path.parent.name, {}))


def _owned_words(path: Path) -> set[str]:
    """How this module calls the tables that workspaces own: by class (`ApiKey`) or by constant (`API_KEYS`)."""
    owned = {name for name, table in TABLES.tables.items() if "workspace_id" in table.columns}
    words = {"".join(part.title() for part in name.split("_")) for name in owned}
    constants = {name.upper() + ending for name in owned for ending in ("", "S")} | {"DELIVERIES"}
    return {word for word in words | constants | {"LoginSession"} if word in text(path)}
