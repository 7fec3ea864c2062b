"""Each node type has a page in the guide, with an example, and the page says what the node type says."""

import sys
from importlib import import_module

import pytest

from tests.architecture.source import ROOT


def test_the_pages_of_the_nodes_are_those_of_the_catalogue(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make guide` writes them."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])

    status = import_module("node_pages").main(["check"])

    assert (status, capsys.readouterr().err) == (0, "")
