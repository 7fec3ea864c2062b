"""The example on each node's page is what that node does."""

import pytest

from nodeloom.features.catalog.catalog import load_catalog
from tests.integration.nodes.played import as_said, example_of, play
from tests.integration.runs.conftest import Running
from tests.support.far_side import FarSide

RESULTS = ("output", "answer", "error")


@pytest.mark.timeout(180)
async def test_every_example_is_true(running: Running, service: FarSide) -> None:
    """All in one installation: to start one for each would take longer than they do."""
    untrue: dict[str, object] = {}
    # What the nodes of other connectors do is told by the tests of these, against their services' stand-ins.
    for type_ in (each for each in load_catalog().types() if each.startswith(("core.", "http."))):
        example = example_of(type_)
        said = {name: example[name] for name in RESULTS if name in example}
        true = as_said(said, await play(running, service, type_, example))
        if true != said or not said:
            untrue[type_] = true
    assert untrue == {}
