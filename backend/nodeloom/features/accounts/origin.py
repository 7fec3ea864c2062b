"""Where a request comes from: which site's page sent it, and from which side of the network."""

import ipaddress
from urllib.parse import urlsplit

from fastapi import Request

from nodeloom.adapters.settings import Settings
from nodeloom.features.accounts.errors import NotFromHere

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


def check_origin(request: Request) -> None:
    """Refuse what a browser says was sent by another site's page; who sends no Origin is no browser's page."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    settings: Settings = request.app.state.settings
    asked = _host_and_port(f"{request.url.scheme}://{request.headers.get('host', '')}")
    sender = _host_and_port(origin)
    public = _host_and_port(settings.public_url)
    # Hosts alone are compared: behind a proxy that ends TLS, our own scheme may be the wrong one.
    if sender is None or sender not in (public, asked, _host_and_port(f"https://{request.headers.get('host', '')}")):
        raise NotFromHere(f"The page that sent this is of {origin[:200]}, not of this installation.")


def _host_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def is_local(request: Request) -> bool:
    """Whether the caller sits at this machine: on loopback, with no proxy between, and asking for it by a local name.

    The name counts because a page of a stranger can make its own name point to 127.0.0.1 (DNS rebinding).
    """
    if any(header in request.headers for header in _PROXY_HEADERS):
        return False
    asked = _host_and_port(f"http://{request.headers.get('host', '')}")
    return _is_loopback(address(request)) and asked is not None and _is_local_name(asked[0])


def _is_local_name(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _is_loopback(host: str) -> bool:
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback
