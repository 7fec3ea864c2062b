"""What a run gives: the items that leave its end nodes."""

from collections.abc import Sequence

from nodeloom.compiler.plan import Plan


def result_ports(plan: Plan, container: str | None = None) -> Sequence[tuple[str, str]]:
    """(node id, port) of every end node of the run (or of a container), in graph order, for ports that no edge leaves.

    An end node may have its error port wired: what leaves by it is somebody else's input, not a result.
    """
    return [
        (node_id, port)
        for node_id in plan.end_nodes(container)
        for port in plan.nodes[node_id].ports
        if not plan.edges_from(node_id, port)
    ]
