"""How a stand-in calls what is on loopback: in the clear, without the proxies and certificates of this machine."""

import ssl

import httpx2


def loopback_client(timeout_s: float = 10) -> httpx2.Client:
    """Reading the system's certificates would take longer than most tests."""
    return httpx2.Client(timeout=timeout_s, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
