"""Rules that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import files, functions, is_generated, product, text, tree, written_by_hand

COMMITTING = {
    Path("backend/nodeloom/adapters/database.py"),
    Path("backend/nodeloom/adapters/writer.py"),
    # Each statement that a node sends to a database of others is a transaction there.
    Path("connectors/nodeloom_connectors/postgres/client.py"),
    Path("connectors/nodeloom_connectors/mysql/client.py"),
}
# A command that is not called must not cost its imports: `nodeloom worker` needs no argon2, the supervisor nothing.
LAZY = (Path("backend/nodeloom/entrypoints"), Path("backend/nodeloom/migrations"))

LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
SECRET_NAME = re.compile(r"password|passwd|secret|token|api_?key|authorization|cookie|ciphertext", re.IGNORECASE)
# The one secret that is printed on purpose: whoever reads the log may set the installation up.
SHOWN_ON_PURPOSE = {"setup_token"}


def test_only_the_database_commits() -> None:
    """One request, one task, one transaction: whoever commits in between breaks it in two."""
    commits = {path for path in product() for call in _calls(tree(path)) if _method(call) == "commit"}
    assert commits == COMMITTING


def test_nothing_of_ours_is_imported_inside_functions() -> None:
    """Such an import is how a cycle is hidden; a library that only one node needs may wait until it is used."""
    inside = {
        f"{path}:{node.lineno}"
        for path in written_by_hand(".py")
        if not any(path.is_relative_to(folder) for folder in LAZY)
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and _imports_ours(node)
    }
    assert inside == set()


def _imports_ours(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""] if node.level == 0 else ["nodeloom"]
    else:
        names = [alias.name for alias in node.names]
    return any(name.split(".")[0] in ("nodeloom", "nodeloom_connectors", "tests", "benchmarks") for name in names)


def test_no_secret_is_logged() -> None:
    """The log masks what looks like a secret; here it isn't even handed over."""
    logged = {
        f"{path}:{call.lineno} {name}"
        for path in product()
        for call in _calls(tree(path))
        if _method(call) in LOG_METHODS
        for name in _values(call)
        if SECRET_NAME.search(name) and name not in SHOWN_ON_PURPOSE
    }
    assert logged == set()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("log.info('x', password=given)", {"given", "password"}),
        ("log.info(f'opened {secret.value}')", {"secret", "value"}),
        ("log.info('x', count=len(secrets))", {"count"}),
    ],
)
def test_what_the_log_is_handed_is_seen(code: str, names: set[str]) -> None:
    assert set(_values(next(_calls(ast.parse(code))))) == names


NOT_FOR_A_REPOSITORY = {
    "the address of a package registry": re.compile(
        r"https?://[^\s\"']*(?:pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|artifactory|/simple/|/nexus/)"
    ),
    "a folder of one machine": re.compile(r"(?<![\w./-])/(?:work|root|home/\w+|tmp/lead)/"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


@pytest.mark.parametrize("what", NOT_FOR_A_REPOSITORY)
def test_nothing_of_one_machine_is_kept(what: str) -> None:
    """A lock file names versions and hashes; where they come from is for the machine that installs them to say."""
    pattern = NOT_FOR_A_REPOSITORY[what]
    found = {str(path) for path in files() if path.suffix not in BINARY and pattern.search(text(path))}
    assert found - {str(Path(__file__).relative_to(Path(__file__).parents[2]))} == set()


BINARY = {".png", ".ico", ".woff2", ".db", ".gz"}


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    kinds = (".py", ".ts", ".tsx", ".css", ".js", ".sh", ".toml", ".yml")
    here = Path(__file__).name
    left = {str(path) for path in written_by_hand(*kinds) if path.name != here and words.search(text(path))}
    assert left == set()


def test_every_module_of_more_than_a_few_lines_says_what_it_is_for() -> None:
    silent = {
        str(path)
        for path in product()
        if len(text(path).splitlines()) > 25 and ast.get_docstring(tree(path)) is None and not is_generated(path)
    }
    assert silent == set()


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _method(call: ast.Call) -> str | None:
    """The method's name, where it is one of a log, a session or a transaction: `x.commit(…)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _values(call: ast.Call) -> Iterator[str]:
    """What a log line is given: the names of its fields, and all that stands in values, texts included.

    What is inside another call stays out: `len(secrets)` is no secret.
    """
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg
        yield from _read(keyword.value)
    for argument in call.args:
        yield from _read(argument)


def _read(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call():
            return
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=value, attr=name):
            yield name
            yield from _read(value)
        case _:
            for inner in ast.iter_child_nodes(node):
                yield from _read(inner)
