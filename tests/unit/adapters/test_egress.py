"""Which addresses outgoing calls may reach, whatever they are dressed as."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from nodeloom.adapters.egress import EgressGuard, EgressRefused, HostUnknown

REFUSED = [
    "0.0.0.1",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001:0:7f00:1::1",
    "2001:0:808:808:0:0:f5ff:fffe",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a00:1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
REACHABLE = [
    "1.1.1.1",
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
]


def guard(*allow: str, answers: Sequence[str] = ()) -> EgressGuard:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return answers

    return EgressGuard(allow, resolve=resolve)


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert guard().reason_against(ip_address(address)) is not None


@pytest.mark.parametrize("address", REACHABLE)
def test_public_addresses_are_reachable(address: str) -> None:
    assert guard().reason_against(ip_address(address)) is None


async def test_only_the_public_ones_of_several_addresses_are_given() -> None:
    assert await guard(answers=["10.0.0.1", "1.1.1.1"]).addresses("mixed.example", 443) == ["1.1.1.1"]


async def test_a_refusal_names_host_address_and_the_setting() -> None:
    with pytest.raises(EgressRefused) as refused:
        await guard(answers=["169.254.169.254"]).addresses("metadata.example", 80)
    assert (refused.value.host, refused.value.address) == ("metadata.example", "169.254.169.254")
    assert "NODELOOM_EGRESS_ALLOW" in refused.value.hint


async def test_a_name_without_an_address_is_not_a_refusal() -> None:
    with pytest.raises(HostUnknown):
        await guard().addresses("nowhere.example", 80)


@pytest.mark.parametrize("entry", ["db.internal", "DB.Internal.", "*.internal", "10.0.0.5", "10.0.0.0/24"])
async def test_what_an_admin_allows_is_reachable(entry: str) -> None:
    assert await guard(entry, answers=["10.0.0.5"]).addresses("db.internal", 5432) == ["10.0.0.5"]


@pytest.mark.parametrize("entry", ["internal", "b.internal", "10.0.1.0/24", "*.db.internal"])
async def test_what_an_admin_allows_is_no_more_than_what_is_written(entry: str) -> None:
    with pytest.raises(EgressRefused):
        await guard(entry, answers=["10.0.0.5"]).addresses("db.internal", 5432)


async def test_an_allowed_address_is_allowed_in_every_dress() -> None:
    assert guard("127.0.0.1").reason_against(ip_address("::ffff:127.0.0.1")) is None
    assert guard("::1").reason_against(ip_address("::1")) is None


def test_an_address_translated_for_ipv4_counts_as_that() -> None:
    """RFC 2765's ::ffff:0:a.b.c.d, which a translating host sends on to a.b.c.d."""
    reason = EgressGuard().reason_against(ip_address("::ffff:0:127.0.0.1"))
    assert reason == "a loopback address"
