import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nodeloom.graph.item import Item
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.running import Json, run_each


def converted(operation: str, value: JsonValue, **params: object) -> JsonValue:
    given_ = {"operation": operation, "value": value, **params}
    (item,) = run_each("core.xml", given_, Item({})).ports["out"]
    return item.json["data"]


@pytest.mark.parametrize(
    ("xml", "json"),
    [
        ("<a/>", {"a": ""}),
        ("<a>1</a>", {"a": "1"}),
        ("<a x='1'>t</a>", {"a": {"@x": "1", "#text": "t"}}),
        ("<a>\n <b>1</b>\n <b>2</b>\n</a>", {"a": {"b": ["1", "2"]}}),
        ("<a><b/><c/><b/></a>", {"a": {"b": ["", ""], "c": ""}}),
        ("<n:a xmlns:n='urn:x'><![CDATA[<&>]]></n:a>", {"n:a": {"@xmlns:n": "urn:x", "#text": "<&>"}}),
        ("\ufeff<?xml version='1.0' encoding='ISO-8859-1'?>\n<!DOCTYPE a><a>ä&amp;&#65;</a>", {"a": "ä&A"}),
        ("<a>one <b>two</b> three</a>", {"a": {"b": "two", "#text": "one  three"}}),
    ],
)
def test_reading(xml: str, json: Json) -> None:
    assert converted("to_json", xml) == json


def test_some_elements_are_always_lists() -> None:
    assert converted("to_json", "<a><item>1</item></a>", always_lists=["item"]) == {"a": {"item": ["1"]}}


def test_writing() -> None:
    order: Json = {"order": {"@id": 7, "line": [{"sku": "a&b"}, None, True], "#text": "x"}}
    assert converted("from_json", order) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<order id="7">x<line><sku>a&amp;b</sku></line><line/><line>true</line></order>'
    )
    assert converted("from_json", {"a": 1, "b": [2, 3]}, declaration=False) == "<root><a>1</a><b>2</b><b>3</b></root>"
    assert converted("from_json", {"a": [1, 2]}, declaration=False, root="r") == "<r><a>1</a><a>2</a></r>"
    assert converted("from_json", 5, declaration=False) == "<root>5</root>"


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (BOMB, "not_allowed"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "not_allowed"),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>', "not_allowed"),
        ('<!DOCTYPE a [<!ATTLIST b c CDATA "xxxx">]><a><b/></a>', "not_allowed"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a>&x;</a>', "not_xml"),
        ("<a>&x;</a>", "not_xml"),
        ("<a>" * 500_000, "too_deep"),
        ("<a><b></a>", "not_xml"),
        ("", "not_xml"),
        ("<a/><b/>", "not_xml"),
        ("<a x='1' x='2'/>", "not_xml"),
        ("<a>\0</a>", "not_xml"),
        ("x" * 10_000_001, "too_large"),
        (5, "not_xml"),
    ],
)
def test_xml_that_is_refused(xml: JsonValue, code: str) -> None:
    with pytest.raises(NodeFailed) as failed:
        converted("to_json", xml)
    assert failed.value.code == code


def test_a_mistake_is_placed() -> None:
    with pytest.raises(NodeFailed, match="line 2, column 3: mismatched tag"):
        converted("to_json", "<a>\n</b>")


def deep(levels: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "value",
    [{"a b": 1}, {"a": {"1x": 1}}, {"a": {"<": 1}}, {"a": {"@x": [1]}}, {"a": {"#text": {}}}, {"r": [[[1]]]}, "\x01"],
)
def test_what_can_not_be_written(value: JsonValue) -> None:
    with pytest.raises(NodeFailed) as failed:
        converted("from_json", {"doc": {"x": 1, "value": value}} if not isinstance(value, dict) else value)
    assert failed.value.code == "not_xml"


def test_what_is_too_deep_to_be_written() -> None:
    with pytest.raises(NodeFailed, match="more than 100"):
        converted("from_json", deep(200))
    assert str(converted("from_json", deep(99))).count("<a>") == 99


@pytest.mark.parametrize("root", ["", "a b", "1", "a:b:c", "<"])
def test_outer_elements_that_are_none(root: str) -> None:
    with pytest.raises(ValidationError):
        converted("from_json", {}, root=root)


NAME = st.sampled_from(["a", "b", "x:c", "é-1", "_d."])
TEXT = st.text("ab <>&\"'é\n", min_size=1, max_size=6).map(str.strip).filter(bool)
LEAF = TEXT | st.just("")
ELEMENT = st.recursive(
    LEAF,
    lambda inner: st.dictionaries(
        NAME, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3
    ).flatmap(
        lambda fields: st.fixed_dictionaries({}, optional={"@id": TEXT, "#text": TEXT}).map(
            lambda extra: {
                **{k: v for k, v in extra.items() if k[0] == "@"},
                **fields,
                **{k: v for k, v in extra.items() if k[0] == "#"},
            }
        )
    ),
    max_leaves=5,
)


@settings(max_examples=25)
@given(ELEMENT)
def test_what_is_written_is_read_back(element: JsonValue) -> None:
    # In attributes line ends are written as references.
    assert converted("to_json", converted("from_json", {"doc": element})) == {"doc": element}
