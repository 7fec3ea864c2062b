"""Is the API ready? Asked over a plain socket: an HTTP library would double the supervisor's size."""

import socket
from contextlib import suppress

_REQUEST = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def is_ready(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((_EVERY_ADDRESS.get(host, host), port), timeout=2) as connection:
        connection.sendall(_REQUEST)
        return b" 200 " in connection.recv(64)
    return False
