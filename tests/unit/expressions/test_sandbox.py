"""Hostile expressions: each is stopped by a limit or refused, and leaves nothing behind for the next one."""

import threading
import time

import pytest

from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.template import compile_template
from tests.unit.expressions.scopes import Here, failure_of, value_of


def run(body: str) -> str:
    return "{{ (() => { " + body + " })() }}"


@pytest.mark.parametrize(
    "template",
    [
        run("for (;;) {}"),
        run("while (true) { try { for (;;) {} } catch {} }"),
        "{{ /(a+)+$/.test('a'.repeat(40) + 'b') }}",
        run("throw { toString() { for (;;) {} } }"),
        run("return { toJSON() { for (;;) {} } }"),
    ],
)
def test_what_never_ends_is_stopped_after_100_ms(template: str) -> None:
    began = time.process_time()
    assert failure_of(template).code == "too_slow"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "template",
    [
        run("const a = []; for (;;) a.push(new Array(10000).fill(1))"),
        "{{ 'x'.repeat(1e9) }}",
        "{{ new Array(1e8).fill('x') }}",
    ],
)
def test_memory_is_bounded(template: str) -> None:
    assert failure_of(template).code == "too_big"


def test_a_memory_bomb_does_not_count_against_the_next_expression() -> None:
    sandbox = Sandbox()
    for _ in range(3):
        assert failure_of(run("let s = 'x'; for (;;) s += s"), sandbox=sandbox).code in ("too_big", "too_slow")
        assert value_of("{{ 'y'.repeat(1e6).length }}", sandbox=sandbox) == 1_000_000


@pytest.mark.parametrize(
    "template",
    [
        run("const f = () => f() + 1; return f()"),
        "{{ JSON.parse('['.repeat(100000)) }}",
        run("let o = {}; for (let i = 0; i < 1e4; i++) o = {o}; return o"),
        run("let o = 1; for (let i = 0; i < 1500; i++) o = [o]; return o"),
    ],
)
def test_depth_is_bounded(template: str) -> None:
    assert failure_of(template).code == "too_deep"


@pytest.mark.parametrize(
    "attempt",
    [
        "Object.prototype.polluted = 1",
        "({}).__proto__.polluted = 1; Object.getPrototypeOf({}).polluted = 1",
        "Array.prototype.polluted = 1",
        "Array.prototype.map = () => 'mine'",
        "JSON.parse = () => 'mine'",
        "String.prototype.toUpperCase = () => 'mine'",
        "Object.setPrototypeOf(Array.prototype, {polluted: 1})",
        "Object.defineProperty(Object.prototype, 'polluted', {value: 1})",
        "globalThis.polluted = 1",
        "(function () { this.polluted = 1 })()",
        "polluted = 1",
        "Math.max = () => 'mine'",
        "Object.getPrototypeOf(function* () {}).polluted = 1",
        "Object.getPrototypeOf([].values()).polluted = 1",
        "Object.getPrototypeOf(async function () {}).polluted = 1",
        "(async () => {})().constructor.polluted = 1",
        "DateTime.prototype.polluted = 1",
        "DateTime.fromISO = () => 'mine'",
        "$now.polluted = 1",
        "Error.prepareStackTrace = () => 'mine'",
        "Error.stackTraceLimit = 0",
        "Date.now.polluted = 1",
    ],
)
def test_nothing_shared_can_be_changed(attempt: str) -> None:
    sandbox = Sandbox()
    assert failure_of(run(attempt), sandbox=sandbox).code == "expression_failed"
    probes = [
        "({}).polluted",
        "[].polluted",
        "globalThis.polluted",
        "Math.polluted",
        "(function* () {})().polluted",
        "[].values().polluted",
        "(async () => {}).polluted",
        "$now.polluted",
        "Error.prepareStackTrace",
    ]
    assert value_of("{{ [" + ", ".join(probes) + "].filter(x => x !== undefined) }}", sandbox=sandbox) == []
    assert value_of("{{ 'a'.toUpperCase() + [1].map(x => x)[0] + Math.max(1, 2) }}", sandbox=sandbox) == "A12"


_WALK = """(() => {
  const seen = new Set(), open = [];
  const walk = (value, path) => {
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
    seen.add(value);
    if (!Object.isFrozen(value)) open.push(path);
    walk(Object.getPrototypeOf(value), `${path}.[[Prototype]]`);
    for (const key of [...Object.getOwnPropertyNames(value), ...Object.getOwnPropertySymbols(value)]) {
      const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key);
      [held, get, set].forEach((part) => walk(part, `${path}.${String(key)}`));
    }
  };
  walk(globalThis, "globalThis");
  const made = [
    function* () {}, async function () {}, async function* () {}, [].values(), "".matchAll(/x/g), new Map().keys(),
    new Set().keys(), ""[Symbol.iterator](), Iterator.from({next() {}}), [].values().map(String), (async () => {})(),
    (function () { return arguments })(), (() => { try { null.x } catch (error) { return error } })(), /x/, $now,
    Object.getPrototypeOf((function* () {})()), Object.getPrototypeOf((async function* () {})()),
  ];
  made.forEach((value, at) => walk(Object.getPrototypeOf(value), `made ${at}`));
  return seen.size > 400 && open;
})()"""


@pytest.mark.parametrize("date", ["$now", "1"])
def test_everything_that_can_be_reached_is_frozen(date: str) -> None:
    assert value_of("{{ " + _WALK.replace("$now", date) + " }}") == []


@pytest.mark.parametrize(
    "code",
    [
        "constructor.constructor('return this')()",
        "({}).constructor.constructor('return 1')()",
        "(() => {}).constructor('return 1')()",
        "(function* () {}).constructor('yield 1')().next()",
        "(async () => {}).constructor('return 1')()",
        "new Function('return 1')()",
        "eval('1')",
        "(0, eval)('1')",
    ],
)
def test_no_code_is_made_from_text(code: str) -> None:
    assert failure_of("{{ " + code + " }}").code == "expression_failed"


def test_there_is_no_host() -> None:
    names = ["require", "process", "std", "os", "fetch", "console", "setTimeout", "module", "Worker", "WebAssembly"]
    assert value_of("{{ [" + ", ".join(f"typeof {name}" for name in names) + "] }}") == ["undefined"] * len(names)
    assert failure_of("{{ import('os') }}").code == "not_json"


def test_functions_run_in_strict_mode() -> None:
    assert value_of("{{ (function () { return this === undefined })() }}") is True


@pytest.mark.parametrize(
    "code",
    [
        "1) ; (() => { for (;;) {} })( 2",
        "1\n); let $json = 7; (2",
        "1)}); globalThis.polluted = 1; (function () { return (2",
        "/* ",
        "`${1",
        "1]; [2",
        "} {",
        "a => { return 1 }})(",
    ],
)
def test_an_expression_can_not_break_out_of_its_function(code: str) -> None:
    sandbox = Sandbox()
    assert failure_of("{{ " + code + " }}", sandbox=sandbox).code == "expression_syntax"
    assert value_of("{{ typeof globalThis.polluted }}", sandbox=sandbox) == "undefined"


def test_changing_the_data_changes_a_copy() -> None:
    scope = Here({"list": [1], "name": "Ada"})
    sandbox = Sandbox()
    assert value_of("{{ $json.list.push(2) }}", scope, sandbox) == 2
    assert value_of("{{ (delete $json.name, $json.name ?? 'gone') }}", scope, sandbox) == "gone"
    assert value_of("{{ ($json.name = 'Bob') }}", scope, sandbox) == "Bob"
    assert scope.json == {"list": [1], "name": "Ada"}


def test_a_proto_key_in_the_data_is_only_data() -> None:
    scope = Here({"evil": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}})
    sandbox = Sandbox()
    assert value_of("{{ Object.assign({}, $json.evil).polluted ?? 'no' }}", scope, sandbox) == "no"
    assert value_of("{{ {...$json.evil} }}", scope, sandbox) == scope.json["evil"]
    assert value_of("{{ ({}).polluted ?? 'no' }}", scope, sandbox) == "no"


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("NaN", "NaN"),
        ("1 / 0", "Infinity"),
        ("-1 / 0", "-Infinity"),
        ("undefined", "undefined"),
        ("x => x", "function"),
        ("Symbol('x')", "symbol"),
        ("[1, NaN]", "NaN"),
        ("{a: [() => 1]}", "function"),
        ("new Map([[1, 2]])", "Object.fromEntries"),
        ("{a: new Set([1])}", "[...set]"),
        ("(async () => 1)()", "promise"),
        ("new Date('x')", "invalid date"),
        ("(() => { const o = {}; o.o = o; return o })()", "cycle"),
    ],
)
def test_a_result_that_is_no_json_says_what_it_is(code: str, word: str) -> None:
    failed = failure_of("{{ " + code + " }}")
    assert failed.code == "not_json"
    assert word in failed.message


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("'\\ud800'", "\ufffd"),
        ("['\\udfff!', '\\\\ud800', '\\ud83d\\ude00']", ["\ufffd!", "\\ud800", "😀"]),
        ("{['\\ud800']: 1}", {"\ufffd": 1}),
        ("2 ** 53 + 2", 2**53 + 2),
        ("1e300", 1e300),
        ("-0", 0),
        ("'\\u2028'", "\u2028"),
        (
            "(() => { const o = {}; o.toString = 'mine'; o.constructor = 1; return o })()",
            {"toString": "mine", "constructor": 1},
        ),
    ],
)
def test_odd_results(code: str, value: object) -> None:
    assert value_of("{{ " + code + " }}") == value


def test_odd_inputs() -> None:
    scope = Here({"nul": "a\0b", "lone": "\ud800", "huge": 2**80, "wide": "é" * 3})
    assert value_of("{{ [$json.nul.length, $json.wide.length, $json.lone.length] }}", scope) == [3, 3, 1]
    assert value_of("{{ $json.huge > 1e24 }}", scope) is True
    assert value_of("{{ Object.values($json).length }}", scope) == 4


def test_what_is_thrown_is_cut_and_shown() -> None:
    assert failure_of(run("throw new Error('x'.repeat(1e6))")).message.startswith("Error: xxx")
    assert len(failure_of(run("throw new Error('x'.repeat(1e6))")).message) <= 500
    assert failure_of(run("throw 'plain \\ud800'")).message == "Error: plain \ufffd"
    assert "no text" in failure_of(run("throw Object.create(null)")).message
    assert "not a function" in failure_of(run("null()")).message


def test_a_sandbox_serves_several_threads() -> None:
    sandbox = Sandbox()
    results: list[object] = []

    def work() -> None:
        code = "{{ [$json.n, 1].map(x => x + 1)[0] }}"
        results.extend(value_of(code, Here({"n": number}), sandbox) for number in range(200))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == sorted([n + 1 for n in range(200)] * 3, key=str)


@pytest.mark.parametrize("length", [100, 9_000, 500_000])
def test_long_results_come_back_whole(length: int) -> None:
    assert value_of(f"{{{{ 'x'.repeat({length}) }}}}") == "x" * length
    assert (
        value_of(f"{{{{ Array({length // 10}).fill('0123456789').join('') + '!' }}}}")
        == "0123456789" * (length // 10) + "!"
    )


def test_a_bigint_needs_a_code_node() -> None:
    assert "code node" in compile_template({"value": "{{ [1, 10n] }}"}, ()).problems[0][1]
