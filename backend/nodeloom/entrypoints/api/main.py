"""`nodeloom api`: one process that serves until it is told to stop."""

import uvicorn

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api.app import create_app

# Streams of events have no end of their own; whoever reads one reconnects.
_GRACE_S = 5


def run(settings: Settings) -> None:
    uvicorn.run(
        create_app(settings),
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
