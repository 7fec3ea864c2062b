"""core.code: what a person's code gets, what it may return, and what it can't do."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from nodeloom.adapters.javascript import JavaScriptProcesses
from nodeloom.adapters.sandbox import PythonSandbox
from nodeloom.compiler.compile import compile_graph
from nodeloom.entrypoints.code import JAVASCRIPT
from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.parse import parse_graph
from nodeloom.nodes.code import code_node
from nodeloom.nodes.node_type import Emitted, NodeContext, NodeFailed
from nodeloom.nodes.registry import BUILT_IN
from tests.unit.nodes.running import NOW, items

CODE = code_node(PythonSandbox(time_limit_s=0.5), JavaScriptProcesses(JAVASCRIPT, time_limit_s=0.3))
FILE = ArtifactRef("art_1", "a.txt", "text/plain", 3)
NAMES: Mapping[str, Any] = {"vars": {"rate": 3}, "run": {"id": "run_1"}, "workflow": {"id": "wf_1", "name": "Shop"}}


def run(language: str, mode: str, source: str, given: Any, log: list[tuple[str, str]] | None = None) -> list[Item]:
    params = CODE.spec.params.model_validate({"language": language, "mode": mode, "source": source})
    lines: list[tuple[str, str]] = [] if log is None else log
    assert CODE.run is not None
    context = NodeContext(NOW, "UTC", names=NAMES, log=lambda level, text: lines.append((level, text)))
    result = CODE.run(params, given if mode == "each" else {"in": given}, context)
    assert isinstance(result, Emitted)
    return list(result.ports["out"])


def js(source: str, *jsons: dict[str, Any], mode: str = "all") -> list[dict[str, Any]]:
    given = items(*jsons)
    return [item.json for item in run("javascript", mode, source, given[0] if mode == "each" else given)]


def py(source: str, *jsons: dict[str, Any], mode: str = "all") -> list[dict[str, Any]]:
    given = items(*jsons)
    return [item.json for item in run("python", mode, source, given[0] if mode == "each" else given)]


def failure(language: str, source: str, mode: str = "all") -> NodeFailed:
    with pytest.raises(NodeFailed) as refused:
        run(language, mode, source, Item({"a": 1}) if mode == "each" else items({"a": 1}))
    assert refused.value.code == "code_failed"
    return refused.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return items.map(i => ({n: i.json.n * vars.rate}))", [{"n": 3}, {"n": 6}]),
        (
            "for (const item of items) item.json.seen = true\nreturn items",
            [{"n": 1, "seen": True}, {"n": 2, "seen": True}],
        ),
        ("return {sum: items.reduce((s, i) => s + i.json.n, 0), by: workflow.name}", [{"sum": 3, "by": "Shop"}]),
        ("return [{json: {a: 1}}]", [{"a": 1}]),
        (
            "return {when: new Date(0), text: `{{ ${run.id} }}`}",
            [{"when": "1970-01-01T00:00:00.000Z", "text": "{{ run_1 }}"}],
        ),
        ("return null", []),
        ("// nothing", []),
    ],
)
def test_javascript_for_all_items(source: str, expected: list[dict[str, Any]]) -> None:
    assert js(source, {"n": 1}, {"n": 2}) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return [{'n': i['json']['n'] * vars['rate']} for i in items]", [{"n": 3}, {"n": 6}]),
        (
            "for i in items:\n    i['json']['seen'] = True\nreturn items",
            [{"n": 1, "seen": True}, {"n": 2, "seen": True}],
        ),
        ("{'sum': sum([i['json']['n'] for i in items]), 'by': workflow['name']}", [{"sum": 3, "by": "Shop"}]),
        (
            "import datetime\nreturn {'d': datetime.date(2020, 1, 2), 't': (1, 2), 3: f'{{x}}'}",
            [{"d": "2020-01-02", "t": [1, 2], "3": "{x}"}],
        ),
        ("items = items[:1]\nreturn items", [{"n": 1}]),
        ("return None", []),
        ("# nothing", []),
    ],
)
def test_python_for_all_items(source: str, expected: list[dict[str, Any]]) -> None:
    assert py(source, {"n": 1}, {"n": 2}) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return {b: item.json.a}", [{"b": 1}]),
        ("return [{b: 1}, {json: {b: 2}}]", [{"b": 1}, {"b": 2}]),
        ("if (item.json.a > 1) return item", []),
        ("return null", []),
    ],
)
def test_javascript_item_by_item(source: str, expected: list[dict[str, Any]]) -> None:
    assert js(source, {"a": 1}, mode="each") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return {'b': item['json']['a']}", [{"b": 1}]),
        ("[{'b': 1}, {'json': {'b': 2}}]", [{"b": 1}, {"b": 2}]),
        ("if item['json']['a'] > 1:\n  return item", []),
    ],
)
def test_python_item_by_item(source: str, expected: list[dict[str, Any]]) -> None:
    assert py(source, {"a": 1}, mode="each") == expected


LINEAGE = [
    ("javascript", "return items.filter(i => i.json.n > 1)", [(1,), (2,)]),
    ("javascript", "return items.reverse()", [(2,), (1,), (0,)]),
    ("javascript", "return items.map(i => ({...i, json: {}}))", [(0,), (1,), (2,)]),
    ("javascript", "return {sum: 6}", [(0, 1, 2)]),
    ("javascript", "return [{json: {}, pairedItem: [0, {item: 2}]}, {json: {}, pairedItem: 9}]", [(0, 2), (0, 1, 2)]),
    ("python", "return [i for i in items if i['json']['n'] > 1]", [(1,), (2,)]),
    ("python", "return [{'json': {}, 'pairedItem': 1}]", [(1,)]),
]


@pytest.mark.parametrize(("language", "source", "origins"), LINEAGE)
def test_an_item_that_is_passed_on_remembers_where_it_came_from(
    language: str, source: str, origins: list[tuple[int, ...]]
) -> None:
    made = run(language, "all", source, items({"n": 1}, {"n": 2}, {"n": 3}))
    assert [item.origin for item in made] == [tuple(("in", place) for place in places) for places in origins]


def test_files_stay_are_renamed_and_can_not_be_made_up() -> None:
    item = Item({}, {"doc": FILE})
    assert run("javascript", "each", "return {a: 1}", item)[0].files == {"doc": FILE}
    assert run("javascript", "each", "return {json: {}}", item)[0].files == {}
    assert run("python", "all", "return items", [item])[0].files == {"doc": FILE}
    renamed = run("javascript", "all", "return [{json: {}, files: {x: items[0].files.doc}}]", [item])
    assert renamed[0].files == {"x": FILE}
    forged = "return [{json: {}, files: {x: {id: 'art_2', name: 'a', media_type: 'b', size: 1}}}]"
    assert "did not come in" in failure("javascript", forged).message


def test_lines_that_are_written_are_logged() -> None:
    log: list[tuple[str, str]] = []
    run("javascript", "all", "console.log('a', {b: 1}, undefined); console.warn(new Error('x'))", [], log)
    run("python", "all", "print('a', {'b': 1})\nprint('c', end='')", [], log)
    with pytest.raises(NodeFailed):
        run("javascript", "all", "console.error('before'); while (true) {}", [], log)
    assert log == [
        ("info", 'a {"b":1} undefined'),
        ("warning", "Error: x"),
        ("info", "a {'b': 1}"),
        ("info", "c"),
        ("error", "before"),
    ]


@pytest.mark.parametrize(
    ("language", "source", "line", "message", "hint"),
    [
        ("javascript", "const a = 1;\nreturn items.nope.x;", 2, "TypeError", "line 2: return items.nope.x;"),
        (
            "javascript",
            "function f() {\n  throw new RangeError('no');\n}\n\nreturn f();",
            2,
            "RangeError: no",
            "line 2: throw new RangeError('no');",
        ),
        ("python", "a = 1\nreturn 1 / 0", 2, "ZeroDivisionError: division by zero", "line 2: return 1 / 0"),
        (
            "python",
            "def f():\n    raise ValueError('no')\n\nreturn f()",
            2,
            "ValueError: no",
            "line 2: raise ValueError('no')",
        ),
        ("python", "import numpy", 1, "ModuleNotFoundError", "line 1: import numpy"),
    ],
)
def test_a_failure_names_the_line(language: str, source: str, line: int, message: str, hint: str) -> None:
    failed = failure(language, source)
    assert message in failed.message
    assert (failed.line, failed.hint) == (line, hint)


@pytest.mark.parametrize(
    ("language", "source", "where"),
    [
        ("javascript", "const a = 1;\nconst b = ;", "line 2: "),
        ("javascript", "if (true) {", "line 1: "),
        ("javascript", "}); globalThis.x = 1; (function () {", "line "),
        ("javascript", "return await 1", "line 1: "),
        ("python", "a = 1\nb = ;", "line 2: Expected an expression"),
        ("python", "def f():\n    yield {1}", "line 2: "),
        ("python", "  a = 1", "line 1: "),
    ],
)
def test_what_can_not_be_read_is_a_problem_of_the_source(language: str, source: str, where: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        CODE.spec.params.model_validate({"language": language, "source": source})
    (problem,) = invalid.value.errors()
    assert problem["loc"] == ("source",)
    assert problem["msg"].startswith(where)


def compiled(**params: Any) -> Any:
    nodes = [{"id": "start", "type": "core.manual"}, {"id": "code", "type": "core.code", "params": params}]
    document = {"format": 1, "nodes": nodes, "edges": [{"source": "start", "target": "code"}]}
    return compile_graph(parse_graph(document), InstalledCatalog({**BUILT_IN, "core.code": CODE}, []))


def test_the_compiler_shows_it_and_leaves_braces_alone() -> None:
    (problem,) = compiled(source="return {{ }", language="javascript").problems
    assert (problem.code, problem.field, problem.node_id) == ("invalid_param", "source", "code")
    assert "line 1: " in problem.message
    plan = compiled(source="return [f'{{{1}}} {{ $json.x }}']", language="python", mode="each").plan
    assert plan.nodes["code"].params.constant
    assert plan.nodes["code"].spec.mode == "each"
    assert compiled(source="return []").plan.nodes["code"].spec.mode == "all"


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("javascript", "for (let i = 0; i < 1e5; i++) console.log('x'.repeat(10000))"),
        ("python", "for i in range(100000):\n  print('x' * 1000)"),
    ],
)
def test_what_is_written_is_kept_in_bounds(language: str, source: str) -> None:
    log: list[tuple[str, str]] = []
    params: Any = (language, "all", source, [], log)
    try:
        run(*params)
    except NodeFailed:
        assert log
    assert sum(len(text) for _, text in log) <= 4_000_000


def test_nothing_is_shared_between_two_pieces_of_python() -> None:
    py("kept = 1")
    assert "NameError" in failure("python", "return kept").message


def test_code_that_never_ends_is_stopped() -> None:
    assert failure("javascript", "let n = 0; while (true) n++").message == "The code was stopped after 0.3 s."
    assert failure("python", "while True: pass").message == "The code was stopped after 0.5 s."


def test_without_its_interpreter_python_is_a_problem_of_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONTY_BIN", "/nowhere/monty")
    params = code_node(PythonSandbox()).spec.params
    with pytest.raises(ValidationError, match="Python can't run here"):
        params.model_validate({"language": "python", "source": "return 1"})
    assert params.model_validate({"language": "javascript", "source": "return 1"})
