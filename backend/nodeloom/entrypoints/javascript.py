"""A process that runs one piece of a person's JavaScript after the other, as adapters.javascript asks for it."""

import struct
import sys
from typing import Any, BinaryIO

import orjson

from nodeloom.expressions.program import Broken, Programs
from nodeloom.expressions.sandbox import Undefined

_LENGTH = struct.Struct(">Q")


def serve(requests: BinaryIO, answers: BinaryIO, programs: Programs) -> None:
    """Until nobody asks any more."""
    while len(head := requests.read(_LENGTH.size)) == _LENGTH.size:
        source, names = orjson.loads(requests.read(_LENGTH.unpack(head)[0]))
        body = _packed(_ran(programs, source, names))
        answers.write(_LENGTH.pack(len(body)) + body)
        answers.flush()


def _ran(programs: Programs, source: str, names: dict[str, str]) -> dict[str, Any]:
    lines: list[tuple[str, str]] = []
    value = programs.run(source, names, lambda level, text: lines.append((level, text)))
    if isinstance(value, Broken):
        return {"broken": [value.message, value.line], "lines": lines}
    return {"value": None if isinstance(value, Undefined) else value, "lines": lines}


def _packed(answer: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(answer)
    except TypeError:
        broken = ["What the code returned is nested too deeply, or contains itself.", None]
        return orjson.dumps({"broken": broken, "lines": answer["lines"]})


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, Programs(time_limit_s=float(sys.argv[1]), memory_limit=int(sys.argv[2])))
