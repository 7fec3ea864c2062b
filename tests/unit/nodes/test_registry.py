"""What every node type owes to the palette and the form."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.registry import BUILT_IN
from nodeloom.nodes.triggers import WebhookParams

WIDGETS = {
    None,
    "conditions",
    "code",
    "cron",
    "duration",
    "path",
    "key-value",
    "auth",
    "multiline",
    "table",
    "row",
    "outline",
    "trigger",
    "workflow",
}


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object schema with properties: the model itself and those it is made of."""
    yield schema
    yield from (part for part in schema.get("$defs", {}).values() if "properties" in part)


@pytest.mark.parametrize("node_type", BUILT_IN.values(), ids=BUILT_IN.keys())
def test_a_form_can_be_made(node_type: NodeType) -> None:
    for model in objects(node_type.spec.params.model_json_schema()):
        properties = model.get("properties", {})
        required = [name in model.get("required", []) for name in properties]
        assert required == sorted(required, reverse=True), "required fields come first"
        for name, field in properties.items():
            assert field.get("title"), name
            assert field.get("x-widget") in WIDGETS
            assert set(field.get("x-show-if", {})) <= properties.keys()
            assert set(field.get("x-labels", {})) <= set(field.get("enum", field.get("x-labels", {})))


@pytest.mark.parametrize("node_type", BUILT_IN.values(), ids=BUILT_IN.keys())
def test_the_palette_can_show_it(node_type: NodeType) -> None:
    assert node_type.spec.type.startswith("core.")
    assert node_type.spec.title
    assert node_type.icon
    assert node_type.description.endswith(".")
    assert node_type.aliases
    # What has an effect does it in an action, wired where the product is put together.
    assert (node_type.run is None) is (node_type.spec.trigger or node_type.spec.effect != "none")


@pytest.mark.parametrize("path", ["orders", "shop/new-order", "a.b/c_d/~e", "v1"])
def test_webhook_paths(path: str) -> None:
    params = WebhookParams.model_validate({"path": path})
    assert (params.method, params.respond, params.timeout_s, params.auth.kind) == ("POST", "at_once", 30, "none")


@pytest.mark.parametrize(
    "path", ["", "/orders", "orders/", "a//b", "a b", "ä", "..", "a/../b", "-/x", "a?b", "x" * 201]
)
def test_webhook_paths_that_are_none(path: str) -> None:
    with pytest.raises(ValidationError):
        WebhookParams.model_validate({"path": path})


@pytest.mark.parametrize(
    "params",
    [{"method": "get"}, {"timeout_s": 0}, {"timeout_s": 301}, {"respond": "later"}, {"auth": {"kind": "oauth"}}],
)
def test_webhook_params_that_are_none(params: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WebhookParams.model_validate({"path": "x", **params})
