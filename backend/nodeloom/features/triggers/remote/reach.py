"""Can a service reach this installation? Said before it fails."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from nodeloom.features.catalog.catalog import InstalledCatalog
from nodeloom.graph.awaited import listening
from nodeloom.graph.document import Graph
from nodeloom.graph.problem import Problem


def only_here(public_url: str) -> bool:
    """Whether the address leads nowhere but back to the machine that uses it."""
    host = urlsplit(public_url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def unreachable(public_url: str) -> str:
    return f"Services call {public_url or 'no address'}, which only this machine can reach."


SET_IT = "Set NODELOOM_PUBLIC_URL to the address by which the internet reaches this installation."


def public_url_problems(catalog: InstalledCatalog, graph: Graph, public_url: str) -> Iterator[Problem]:
    """A warning for each trigger whose service has to call here."""
    if not only_here(public_url):
        return
    for node in map(listening, graph.nodes):
        found = catalog.trigger(node.type)
        if found is None or node.disabled or found[1].kind == "poll":
            continue
        title = found[0].title
        message = f"“{node.title}” hears nothing from {title} unless it can call here. {unreachable(public_url)}"
        yield Problem("warning", "public_url_needed", message, SET_IT, node_id=node.id)
