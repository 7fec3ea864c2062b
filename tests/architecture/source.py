"""The repository as text and as syntax trees: what the rules in this folder are asked about."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).parents[2]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

# Made by tools or by running the product: never in the repository, whatever else lies there. The tree is walked
# rather than asked of git, so that the rules also hold in an archive.
_NOT_OURS = {"node_modules", "__pycache__", "dist", "build", "test-results", "screenshots"}
_BUILT = {Path("backend/nodeloom/web")}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, relative to its root."""
    return tuple(sorted(_walk()))


def _walk() -> Iterator[Path]:
    for folder, inner, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        inner[:] = [name for name in inner if name == ".ci" or not _is_foreign(here / name)]
        yield from (here / name for name in names if name != ".env" and not name.endswith(".pyc"))


def _is_foreign(folder: Path) -> bool:
    name = folder.name
    return name.startswith(".") or name in _NOT_OURS or name.endswith(".egg-info") or folder in _BUILT


def written_by_hand(*suffixes: str) -> list[Path]:
    """Files of these kinds that a person wrote: no generated client, no Alembic revision."""
    return [path for path in files() if path.suffix in suffixes and not is_generated(path)]


def is_generated(path: Path) -> bool:
    return "generated" in path.parts or path.is_relative_to("backend/nodeloom/migrations/versions")


def product() -> list[Path]:
    """The Python that is installed with the product."""
    return [path for path in written_by_hand(".py") if path.parts[0] in ("backend", "connectors")]


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def names_in(node: ast.AST) -> set[str]:
    """Every name, attribute, argument and keyword that stands in the code."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
            case ast.keyword(arg=str() as name):
                found.add(name)
            case _:
                pass
    return found
