"""`nodeloom api`: one process that serves until it is told to stop."""

import socket
import sys

import uvicorn
from typing_extensions import override

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.app import Api, create_app

# For requests that are being answered; the longest of them wait for a run.
_GRACE_S = 5


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: Api) -> None:
        super().__init__(config)
        self._api = app

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams of events have no end of their own, and would be waited for.
        self._api.state.live.end_reads()
        await super().shutdown(sockets)


def run(settings: Settings) -> None:
    """Returns after SIGINT, ends the process as the signal says after SIGTERM; exits with 1 if it can't start."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Without trusted proxies nobody's word is taken for where a request came from.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, app)
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        sys.exit(1)
