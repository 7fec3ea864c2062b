"""Which addresses an outgoing call may reach.

Names are resolved here and the call goes to the very address that was judged: a name that answers
differently the second time (DNS rebinding) gains nothing. Every spelling of an address (decimal, octal,
IPv4 inside IPv6) ends as an address before it is judged.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

_REFUSED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "an unspecified address"),
    ("10.0.0.0/8", "a private address"),
    ("100.64.0.0/10", "a shared (carrier) address"),
    ("127.0.0.0/8", "a loopback address"),
    ("169.254.0.0/16", "a link-local address, where clouds keep their metadata"),
    ("172.16.0.0/12", "a private address"),
    ("192.168.0.0/16", "a private address"),
    ("224.0.0.0/4", "a multicast address"),
    ("::/128", "an unspecified address"),
    ("::1/128", "a loopback address"),
    ("fc00::/7", "a private address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a private address"),
    ("ff00::/8", "a multicast address"),
    ("64:ff9b:1::/48", "a private translation address"),
)
_REFUSED_NETWORKS = tuple((ip_network(network), reason) for network, reason in _REFUSED)

# IPv4 addresses inside IPv6 ones: (network, how many bits stand to the right of the embedded address).
_EMBEDDING = (
    (ip_network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291
    (ip_network("::ffff:0:0:0/96"), 0),  # IPv4-translated, RFC 2765
    (ip_network("::/96"), 0),  # IPv4-compatible, RFC 4291
    (ip_network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (ip_network("2002::/16"), 80),  # 6to4, RFC 3056
    (ip_network("2001::/32"), 64),  # Teredo's server, RFC 4380
)
_TEREDO = ip_network("2001::/32")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214: the upper half of the interface id
_ALL_ONES = 0xFFFF_FFFF


class EgressRefused(Exception):
    """The call would reach an address that outgoing calls may not reach."""

    def __init__(self, host: str, address: str, reason: str) -> None:
        super().__init__(f"{host} is {reason} ({address}); outgoing calls may not reach it")
        self.host = host
        self.address = address
        self.reason = reason
        self.hint = f"If this call is meant, an admin adds {host} (or its network) to NODELOOM_EGRESS_ALLOW."


class HostUnknown(OSError):
    """The name has no address."""


class EgressGuard:
    """`allow`: hosts (`db.internal`, `*.lan`), addresses or networks that are reachable although private."""

    def __init__(self, allow: Sequence[str] = (), *, resolve: Resolve | None = None) -> None:
        self._resolve = resolve or _resolve_by_system
        self._hosts: set[str] = set()
        self._networks: list[Network] = []
        for entry in allow:
            try:
                self._networks.append(ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                self._hosts.add(entry.lower().rstrip("."))

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be reached, at least one; raises `EgressRefused` or `HostUnknown`.

        The caller connects to one of these, never to the name.
        """
        found = await self._resolve(host, port)
        if not found:
            raise HostUnknown(f"{host} has no address")
        if self._allows_host(host):
            return list(found)
        reasons = {address: self.reason_against(ip_address(address)) for address in found}
        allowed = [address for address, reason in reasons.items() if reason is None]
        if not allowed:
            address, reason = next(iter(reasons.items()))
            raise EgressRefused(host, address, reason or "not allowed")
        return allowed

    def reason_against(self, address: Address) -> str | None:
        """Why the address may not be reached, or None. IPv4 inside IPv6 counts as both."""
        if self._allows(address):
            return None
        reasons = (_reason(inner) for inner in (address, *_embedded(address)) if not self._allows(inner))
        return next((reason for reason in reasons if reason is not None), None)

    def _allows(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _allows_host(self, host: str) -> bool:
        name = host.lower().rstrip(".")
        parents = [f"*.{'.'.join(name.split('.')[index:])}" for index in range(1, name.count(".") + 1)]
        return name in self._hosts or any(parent in self._hosts for parent in parents)


def _reason(address: Address) -> str | None:
    for network, reason in _REFUSED_NETWORKS:
        if address in network:
            return reason
    if isinstance(address, IPv6Address) and any(True for _ in _embedded(address)):
        # The embedded IPv4 address decides; as an IPv6 address these are all "reserved".
        return None
    return None if address.is_global else "a reserved address"


def _embedded(address: Address) -> Iterator[IPv4Address]:
    if not isinstance(address, IPv6Address):
        return
    value = int(address)
    for network, shift in _EMBEDDING:
        if address in network:
            yield IPv4Address(value >> shift & _ALL_ONES)
    if address in _TEREDO:
        yield IPv4Address(value & _ALL_ONES ^ _ALL_ONES)
    if value >> 32 & _ALL_ONES in _ISATAP:
        yield IPv4Address(value & _ALL_ONES)


async def _resolve_by_system(host: str, port: int) -> Sequence[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise HostUnknown(f"{host} can't be resolved: {error}") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
