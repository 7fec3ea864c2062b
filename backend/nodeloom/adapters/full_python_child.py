"""What runs inside the bubblewrap sandbox: one piece of a person's Python. Stands alone, on the standard library.

Started as `python -I -S -B this_file FD MEMORY FILE CPU_S [FOLDER …]`. Reads the JSON `[source, {name: JSON text},
check_only]` from its input, writes `{"value"}` or `{"broken": [message, line]}` to FD; folders are looked in for
packages.
"""

import ast
import datetime
import json
import os
import resource
import sys
import types
from collections.abc import Sequence
from typing import Any, cast

_CODE = "<code>"
_LONGEST_MESSAGE = 1000
_DEEPEST = 200
_MOST_VALUES = 1_000_000
_MOST_TEXT = 32 * 1024 * 1024
_MOST_PROCESSES = 64
_MOST_FILES = 128


class _NotJson(Exception):
    pass


def _limit(memory: int, file: int, cpu_s: int) -> None:
    limits = {
        "AS": memory,
        "FSIZE": file,
        "CPU": cpu_s,
        "NPROC": _MOST_PROCESSES,
        "NOFILE": _MOST_FILES,
        "CORE": 0,
        "MEMLOCK": 0,
        "MSGQUEUE": 0,
    }
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))


def _function(source: str, names: list[str]) -> Any:
    """The code as a function of its names, with every line where it was; its last expression is what it returns."""
    tree = ast.parse(source, _CODE)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = ast.copy_location(ast.Return(last.value), last)
    shell = ast.parse(f"def code({', '.join(names)}): pass", _CODE)
    made: Any = shell.body[0]
    made.body = tree.body or made.body
    module = compile(shell, _CODE, "exec", dont_inherit=True)
    inner = next(part for part in module.co_consts if isinstance(part, types.CodeType))
    if inner.co_flags & 0x2A0:  # a generator, a coroutine or both
        raise SyntaxError("'yield' and 'await' need a function of their own")
    place = {"__name__": "__main__", "__builtins__": __builtins__}
    exec(module, place)  # noqa: S102 - this is what the sandbox is for
    return place["code"]


def _check(value: Any) -> None:
    values = text = 0
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        values += 1
        if depth > _DEEPEST:
            raise _NotJson("is nested too deeply, or contains itself")
        if isinstance(part, str):
            text += len(part)
        elif isinstance(part, dict):
            entries = cast("dict[Any, Any]", part)
            waiting += [(held, depth + 1) for pair in entries.items() for held in pair]
        elif isinstance(part, (list, tuple)):
            waiting += [(held, depth + 1) for held in cast("Sequence[Any]", part)]
        if values + len(waiting) > _MOST_VALUES or text > _MOST_TEXT:
            raise _NotJson("is too big")


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if hasattr(value, "tolist"):  # an array, or a number of one
        return value.tolist()
    raise _NotJson(f"holds a {type(value).__name__}, which is no JSON value")


def _packed(value: Any) -> str:
    try:
        _check(value)
        return json.dumps({"value": value}, default=_plain, allow_nan=False)
    except _NotJson as refused:
        raise _NotJson(f"What the code returned {refused}.") from None
    except (TypeError, ValueError, RecursionError) as refused:
        raise _NotJson(f"What the code returned is no JSON value: {refused}.") from None


def _line(error: BaseException) -> int | None:
    """The innermost place that lies in the code."""
    if isinstance(error, SyntaxError) and error.filename == _CODE:
        return error.lineno
    found = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == _CODE:
            found = step.tb_lineno
        step = step.tb_next
    return found


def _broken(error: BaseException, memory: int) -> str:
    line = _line(error)
    if isinstance(error, MemoryError):
        message = f"The code needs more than {memory // (1024 * 1024)} MB."
    elif isinstance(error, _NotJson):
        message, line = str(error), None
    else:
        try:
            said = error.msg if isinstance(error, SyntaxError) else str(error)
        except BaseException:  # noqa: BLE001 - the code's own error may do anything when it is asked for its text
            said = "an error without a text"
        message = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return json.dumps({"broken": [message[:_LONGEST_MESSAGE], line]})


def _main() -> None:
    answers, memory, file, cpu_s = (int(argument) for argument in sys.argv[1:5])
    source, names, check_only = json.load(sys.stdin)
    sys.path += sys.argv[5:]
    sys.argv = [_CODE]
    _limit(memory, file, cpu_s)
    try:
        function = _function(source, list(names))
        if check_only:
            answer = _packed(None)
        else:
            answer = _packed(function(**{name: json.loads(text) for name, text in names.items()}))
    except BaseException as error:  # noqa: BLE001 - whatever the code did, somebody waits to hear of it
        answer = _broken(error, memory)
    sys.stdout.flush()
    sys.stderr.flush()
    with os.fdopen(answers, "w") as writing:
        writing.write(answer)


if __name__ == "__main__":
    _main()
