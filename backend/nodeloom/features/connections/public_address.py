"""Whether services can reach this installation, as far as that can be seen from inside."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

import httpx2

from nodeloom.adapters.egress import EgressRefused

_TIMEOUT_S = 8


async def look(http: httpx2.AsyncClient, public_url: str, calling: Sequence[str]) -> tuple[bool, str]:
    """(reachable, what was found); `calling` are the services that send events by themselves."""
    senders = ", ".join(calling) or "Services"
    if _is_this_machine(httpx2.URL(public_url).host):
        return False, (
            f"{public_url} is this machine only. People can connect accounts in a browser on this machine, but nothing "
            f"from outside comes in: {senders} can't send events here. Set NODELOOM_PUBLIC_URL to an address that is "
            "reachable from the internet."
        )
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            answer = await http.get(f"{public_url}/healthz", timeout=_TIMEOUT_S, follow_redirects=False)
    except EgressRefused as refused:
        return False, (
            f"{public_url} leads to {refused.address}, {refused.reason}: the internet can't reach that. {senders} "
            "can't send events here unless something in front passes them on."
        )
    except (httpx2.HTTPError, TimeoutError) as error:
        return False, (
            f"{public_url} could not be reached from here ({type(error).__name__}). Check the name, the proxy in front "
            "and its certificate."
        )
    if answer.status_code != 200 or "ok" not in answer.text[:200]:
        return False, (
            f"{public_url} answers ({answer.status_code}), but not as Nodeloom does. Check where the proxy in front "
            "sends its requests."
        )
    return True, f"{public_url} is reachable from here, and Nodeloom answers there."


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
