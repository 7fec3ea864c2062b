"""Which errors a node may give, as its code says: read from the source, so that no page forgets one."""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from nodeloom.features.catalog.catalog import InstalledCatalog

_OURS = ("nodeloom.nodes", "nodeloom_connectors")
# Which argument is the code and which the message.
_RAISED = {"NodeFailed": (0, 1), "FileRefused": (0, 1), "Refused": (1, 0)}


def error_codes(catalog: InstalledCatalog, type_: str) -> dict[str, str]:
    """Code and message, by code; what is filled in when it happens is shown as …."""
    built_in = catalog.built_in(type_)
    if built_in is not None:
        start: Any = built_in.run
    else:
        found = catalog.action(type_)
        start = found[1].run if found is not None else None
    if start is None:
        return {}
    codes: dict[str, str] = {}
    for raised in _reached(inspect.unwrap(start)):
        code, message = raised
        codes.setdefault(code, message)
    return dict(sorted(codes.items()))


def _reached(start: Any) -> Iterator[tuple[str, str]]:
    """What is raised by the function and by all of ours that it names, however far."""
    seen: set[tuple[str, str]] = set()
    open_: list[tuple[str, str]] = [(start.__module__, start.__qualname__.partition(".")[0])]
    while open_:
        place = open_.pop()
        if place in seen:
            continue
        seen.add(place)
        module = sys.modules.get(place[0])
        definition = _definitions(module).get(place[1]) if module else None
        if module is None or definition is None:
            continue
        yield from _raised(definition)
        for node in ast.walk(definition):
            if isinstance(node, ast.Name) and (target := _home(module, node.id)):
                open_.append(target)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                inner = getattr(module, node.value.id, None)
                if isinstance(inner, ModuleType) and (target := _home(inner, node.attr)):
                    open_.append(target)


def _home(module: ModuleType, name: str) -> tuple[str, str] | None:
    """Where that name of the module was defined, if that is ours."""
    found = getattr(module, name, None)
    home = getattr(found, "__module__", None) or module.__name__
    own = getattr(found, "__name__", name)
    if name in _definitions(module):
        return module.__name__, name
    return (home, own) if home.startswith(_OURS) and home != module.__name__ else None


@cache
def _definitions(module: ModuleType) -> dict[str, ast.AST]:
    """The functions, classes and tables at the top of the module."""
    if not module.__name__.startswith(_OURS):
        return {}
    found: dict[str, ast.AST] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found[node.name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
    return found


def _raised(definition: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _RAISED:
            code_at, message_at = _RAISED[node.func.id]
            if len(node.args) > max(code_at, message_at):
                code, message = _text(node.args[code_at]), _text(node.args[message_at])
                if code and code != "…":
                    yield code, message or "…"


def _text(value: ast.expr) -> str:
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) for part in parts)
        case _:
            return "…"
