"""The guarded client against a real server on this machine, reached under made-up names."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import httpx2
import pytest
import pytest_asyncio

from nodeloom.adapters.http import EgressRefused, guarded_client
from nodeloom.adapters.settings import Settings


class Server:
    """Answers every request with its Host header, or with a redirect to what the path names."""

    def __init__(self) -> None:
        self.requests = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.requests += 1
        path = head.split(" ")[1]
        host = next(line for line in head.split("\r\n") if line.lower().startswith("host:"))
        answer = f"HTTP/1.1 302 Found\r\nLocation: {path[4:]}" if path.startswith("/to/") else "HTTP/1.1 200 OK"
        writer.write(f"{answer}\r\nContent-Length: {len(host)}\r\nConnection: close\r\n\r\n{host}".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest_asyncio.fixture
async def server() -> AsyncGenerator[Server]:
    here = Server()
    listening = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield here


class Names:
    """A resolver of names that may answer differently each time; the last answer stays."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self.answers = {host.replace("_", "."): list(addresses) for host, addresses in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        addresses = self.answers[host]
        return [addresses.pop(0) if len(addresses) > 1 else addresses[0]]


def client(names: Names, *allow: str) -> httpx2.AsyncClient:
    return guarded_client(Settings(egress_allow=allow), resolve=names)


async def test_an_allowed_host_is_reached_under_its_own_name(server: Server) -> None:
    async with client(Names(crm_internal=["127.0.0.1"]), "crm.internal") as http:
        answer = await http.get(f"http://crm.internal:{server.port}/")
    assert answer.text == f"Host: crm.internal:{server.port}"


async def test_a_private_answer_is_refused_before_anything_is_sent(server: Server) -> None:
    async with client(Names(evil_example=["127.0.0.1"])) as http:
        with pytest.raises(EgressRefused, match="loopback"):
            await http.get(f"http://evil.example:{server.port}/")
    assert server.requests == 0


async def test_a_redirect_into_the_private_network_is_refused(server: Server) -> None:
    names = Names(good_example=["127.0.0.1"], evil_example=["10.0.0.1"])
    async with client(names, "good.example") as http:
        with pytest.raises(EgressRefused, match="private"):
            await http.get(f"http://good.example:{server.port}/to/http://evil.example/", follow_redirects=True)
    assert server.requests == 1


async def test_a_name_that_changes_its_answer_is_judged_and_reached_by_the_same_one(server: Server) -> None:
    names = Names(rebind_example=["127.0.0.1", "192.0.2.1"])
    async with client(names, "127.0.0.1") as http:
        answer = await http.get(f"http://rebind.example:{server.port}/")
    assert (answer.status_code, names.asked) == (200, ["rebind.example"])


async def test_a_name_that_turns_private_after_the_first_call_is_refused_then(server: Server) -> None:
    names = Names(rebind_example=["127.0.0.1", "10.0.0.1"])
    async with client(names, "127.0.0.1") as http:
        await http.get(f"http://rebind.example:{server.port}/")
        with pytest.raises(EgressRefused):
            await http.get(f"http://rebind.example:{server.port}/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
async def test_every_spelling_of_this_machine_is_refused(server: Server, host: str) -> None:
    async with guarded_client(Settings()) as http:
        with pytest.raises(EgressRefused):
            await http.get(f"http://{host}:{server.port}/")
    assert server.requests == 0


async def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    async with client(Names(evil_example=["10.0.0.1"]), "127.0.0.1") as http:
        with pytest.raises(EgressRefused):
            await http.get("http://evil.example/")
    assert server.requests == 0


async def test_an_unknown_name_is_a_connection_error_not_a_refusal() -> None:
    async with guarded_client(Settings()) as http:
        with pytest.raises(httpx2.ConnectError, match="resolved"):
            await http.get("http://nowhere.invalid/")
