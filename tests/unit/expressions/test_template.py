import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeloom.expressions.sandbox import Sandbox
from nodeloom.expressions.template import compile_template
from nodeloom.graph.item import ArtifactRef, Item
from nodeloom.graph.json_value import JsonValue
from tests.unit.expressions.scopes import Here, failure_of, value_of

ORDER = Here(
    {
        "name": "Ada",
        "total": 12.5,
        "big": 2**60,
        "none": None,
        "body": {"email": "ada@example.com", "two words": 1},
        "lines": [{"price": 2}, {"price": 3}],
        "emoji": "😀!",
        "__proto__": {"polluted": True},
    },
    {"Fetch": [Item({"n": 1}), Item({"n": 2})]},
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", max_size=4), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ $json.name }}", "Ada"),
        (" {{ $json.total }} ", 12.5),
        ("{{ $json.none }}", None),
        ("{{ $json.body['two words'] }}", 1),
        ("{{ $json.lines[1].price }}", 3),
        ("{{ $json.lines.length }}", 2),
        ("{{ $json.emoji.length }}", 3),
        ("{{ $json.big }}", 2**60),
        ("{{ $json.missing?.deeper }}", None),
        ("{{ $json.missing?.deeper.still }}", None),
        ("{{ $json['__proto__'].polluted }}", True),
        ("{{ $input.item.json.name }}", "Ada"),
        ("{{ $input.first().json.name }}", "Ada"),
        ("{{ $input.last().json.second }}", True),
        ("{{ $input.all().length }}", 2),
        ("{{ $('Fetch').item.json.n }}", 2),
        ("{{ $('Fetch').first().json.n }}", 1),
        ('{{ $("Fetch").all()[1].json.n }}', 2),
        ("{{ $('Fetch').all() }}", [{"json": {"n": 1}}, {"json": {"n": 2}}]),
        ("{{ $itemIndex }}", 0),
        ("{{ $run.version }}", 3),
        ("{{ $workflow.name }} {{ $vars.region }}", "Orders eu"),
        ("{{ $now }}", "2026-03-29T00:30:00.000+01:00"),
        ("{{ $today }}", "2026-03-29T00:00:00.000+01:00"),
        ("{{ $jmespath($json, 'lines[].price') }}", [2, 3]),
    ],
)
def test_plain_paths(template: str, value: JsonValue) -> None:
    assert value_of(template, ORDER) == value


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ $json.name.toUpperCase() }}", "ADA"),
        ("{{ $json.lines.map(line => line.price * 2) }}", [4, 6]),
        ("{{ $json.lines.reduce((sum, {price}) => sum + price, 0) / 2 }}", 2.5),
        ("{{ $json.missing ?? 'nobody' }}", "nobody"),
        ("{{ $json.not.there.at.all || 'nobody' }}", "nobody"),
        ("{{ $json.missing?.map(x => x) ?? [] }}", []),
        ("{{ typeof $json.missing }}", "undefined"),
        ("{{ $json.missing === undefined ? 'no' : 'yes' }}", "no"),
        ("{{ $('Fetch').all().map(item => item.json.n) }}", [1, 2]),
        ("{{ $input.all().length + $itemIndex }}", 2),
        ("{{ (input => input.first().json.name)($input) }}", "Ada"),
        ("{{ `${$json.name} has ${$json.lines.length}` }}", "Ada has 2"),
        ("{{ ({$json}).$json.name }}", "Ada"),
        ("{{ {a: {b: $json.total}} }}", {"a": {"b": 12.5}}),
        ("{{ Object.keys($json).includes('__proto__') }}", True),
        ('{{ $jmespath($json, "lines[?price > `2`]")[0].price + 1 }}', 4),
        ("{{ 2 ** 53 }}", 2**53),
        ("{{ 1.0 }}", 1),
        ("{{ '😀'.length }}", 2),
        ("{{ 'a\\0b' }}", "a\0b"),
        ("{{ new Date(0) }}", "1970-01-01T00:00:00.000Z"),
        ("{{ $json.name; }}", "Ada"),
        ("{{ $json.name // the customer }}", "Ada"),
        ("{{ $json.lines[$itemIndex].price }}", 2),
        ("{{ [3, 1, 2].toSorted().at(-1) }}", 3),
    ],
)
def test_javascript(template: str, value: JsonValue) -> None:
    assert value_of(template, ORDER) == value


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("a{{ $json.none }}b", "ab"),
        ("a{{ $json.x?.y }}b", "ab"),
        ("a{{ $json.lines.find(line => line.price > 9) }}b", "ab"),
        ("{{ $json.lines }}!", '[{"price":2},{"price":3}]!'),
        ("{{ true }} {{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e21 }} {{ 1e-7 }} {{ 0.00001 }}", None),
        ("{{ $json.big }} {{ $json.emoji }}", "1152921504606846976 😀!"),
    ],
)
def test_text_around_expressions(template: str, text: str | None) -> None:
    assert value_of(template, ORDER) == (text or "true 1 0.30000000000000004 1e+21 1e-7 0.00001")


def test_files_are_seen_by_their_description() -> None:
    file = ArtifactRef("art_1", "a.pdf", "application/pdf", 7)
    scope = Here({}, {"Fetch": [Item({}, {"report": file})]})
    assert value_of("{{ $('Fetch').item.files.report.size }}", scope) == 7
    assert value_of("{{ $('Fetch').item.files.report.name.split('.') }}", scope) == ["a", "pdf"]


def test_values_without_expressions_are_themselves() -> None:
    params: JsonValue = {"a": [1, {"b": "text"}], "c": None}
    template = compile_template(params)
    assert template.constant
    assert value_of(params) == params


def test_expressions_deep_inside() -> None:
    assert value_of({"a": [{"b": "{{ $json.name }}"}, 2]}, ORDER) == {"a": [{"b": "Ada"}, 2]}


def test_references_name_the_titles_of_nodes() -> None:
    template = compile_template(
        ["{{ $('A').item.json.x }}", {"y": "{{ $('B b').all().map(i => i) }} {{ $(`C`).first() }}"}]
    )
    assert template.references == {"A", "B b", "C"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1 +", "ends too early"),
        ("$json.a $json.b", "$json"),
        ("", "nothing between"),
        ("it's", "not closed"),
        ("$(name).item.json", "title of a node in quotes"),
        ("$('A').json.x", ".item.json"),
        ("$jmespath($json, 'a[')", "JMESPath query is wrong"),
        ("$jmespath(1)", "$jmespath()"),
        ("for (;;) {}", "unexpected"),
        ("1) ; (2", "Unexpected"),
        ("1]; [2", "expect"),
        ("(" * 9_000, "deeply"),
        ("'" + "x" * 100_001 + "'", "at most"),
    ],
)
def test_syntax_errors_are_found_when_compiling(code: str, words: str) -> None:
    template = compile_template({"fields": [{"value": "{{ " + code + " }}"}]})
    assert [field for field, _ in template.problems] == ["fields[0].value"]
    assert words.lower() in template.problems[0][1].lower()


def test_an_expression_that_does_not_end() -> None:
    assert "has no }}" in compile_template("{{ $json.a").problems[0][1]


def test_a_wrong_expression_fails_when_evaluated() -> None:
    failed = failure_of({"a": "{{ 1 + }}"})
    assert (failed.code, failed.field) == ("expression_syntax", "a")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ $json.nmae }}", ["$json.nmae", "$json.name"]),
        ("{{ $json.email }}", ["$json.email", "$json.body.email"]),
        ("Dear {{ $json.Name }}", ["$json.Name", "$json.name"]),
        ("{{ $json.body.phone }}", ["$json.body.phone", "email"]),
        ("{{ $json.none.x }}", ["`$json.none` is null"]),
        ("{{ $json.nmae.toUpperCase() }}", ["$json.nmae", "$json.name"]),
        ("{{ $json.nmae + '!' }}", ["$json.nmae"]),
        ("{{ $json.none.trim() }}", ["`$json.none` is null", ".trim"]),
        ("{{ ($json).nmae?.x + $json.nmae.x }}", ["$json.nmae"]),
        ("{{ $json.lines[2] }}", ["$json.lines[2]", "2 entries"]),
        ("{{ $json.name.first }}", ["$json.name.first", "no object"]),
        ("{{ $('Fetch').item.json.m }}", ["$('Fetch').item.json.m"]),
        ("{{ $vars.regoin }}", ["$vars.regoin", "$vars.region"]),
    ],
)
def test_a_path_to_nothing_names_itself_and_what_is_near(template: str, words: list[str]) -> None:
    failed = failure_of([template], ORDER)
    assert (failed.code, failed.field) == ("unresolved", "[0]")
    for word in words:
        assert word in failed.message


def test_conditions_that_ask_for_presence_take_a_missing_value_as_null() -> None:
    condition: JsonValue = {"left": "{{ $json.missing }}", "operator": "exists"}
    assert value_of(condition, ORDER) == {"left": None, "operator": "exists"}
    assert failure_of({"left": "{{ $json.missing }}", "operator": "equals", "right": 1}, ORDER).field == "left"


def test_a_node_that_did_not_run_matters_only_where_it_is_read() -> None:
    assert failure_of("{{ $('Other').item.json.x }}", ORDER).code == "node_not_run"
    assert failure_of("{{ $('Other').item.json.x ?? 1 }}", ORDER).code == "node_not_run"
    either = "{{ $json.total > %d ? $('Fetch').first().json.n : $('Other').first().json.n }}"
    assert value_of(either % 10, ORDER) == 1
    assert failure_of(either % 20, ORDER).code == "node_not_run"


def test_an_unknown_name_is_told_how_to_write_a_field() -> None:
    failed = failure_of("{{ name }}", ORDER)
    assert failed.message == "ReferenceError: name is not defined"
    assert "$json.name" in failed.hint
    assert "$('…')" in failure_of("{{ $node['Fetch'].json }}", ORDER).hint


def test_a_method_that_is_not_there_says_what_the_value_is() -> None:
    assert failure_of("{{ $json.name.map(x => x) }}", ORDER).hint == "`$json.name` is a text."


@given(JSON)
def test_a_value_keeps_its_type_on_both_ways(value: JsonValue) -> None:
    scope = Here({"value": value})
    assert value_of("{{ $json.value }}", scope, SHARED) == value
    assert value_of("{{ [$json.value][0] }}", scope, SHARED) == value


SHARED = Sandbox()
