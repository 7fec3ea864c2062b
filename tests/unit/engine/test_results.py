from tests.support.graphs import plan

from nodeloom.engine.results import result_ports
from nodeloom.graph.json_value import JsonValue


# hook ─► check ─true──► a
#               └─false─► b
def test_what_leaves_the_last_nodes_is_the_result() -> None:
    assert result_ports(plan("hook > check:true > a", "check:false > b")) == [("a", "out"), ("b", "out")]


# hook ─► call ─error─► tell
def test_a_failure_that_is_led_on_is_no_result_of_its_node() -> None:
    handled: dict[str, JsonValue] = {"params": {"url": "https://a.b"}, "settings": {"on_error": "port"}}
    assert result_ports(plan("hook > call:error > tell", call=handled)) == [("call", "out"), ("tell", "out")]


#         ┌loop┐
# hook ─► │ a  │
#         └────┘
def test_what_ends_inside_a_container_is_no_result_of_the_run() -> None:
    assert result_ports(plan("hook > loop", a={"parent": "loop"})) == [("loop", "done")]
