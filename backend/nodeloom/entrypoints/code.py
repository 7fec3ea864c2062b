"""What runs a person's code in this installation."""

from nodeloom.adapters.bubblewrap import FullPython
from nodeloom.adapters.javascript import JavaScriptProcesses
from nodeloom.adapters.python_packages import PythonPackages
from nodeloom.adapters.sandbox import PythonSandbox
from nodeloom.adapters.settings import Settings
from nodeloom.nodes.code import SWITCHED_OFF, code_node
from nodeloom.nodes.node_type import NodeType

JAVASCRIPT = "nodeloom.entrypoints.javascript"


def code_of(settings: Settings) -> NodeType:
    """The code node with its interpreters; none of them starts before it is wanted."""
    full = FullPython(PythonPackages(settings.home)) if settings.full_python == "on" else SWITCHED_OFF
    return code_node(PythonSandbox(), JavaScriptProcesses(JAVASCRIPT), full)
