"""Plain HTTP: any address, with any of the secret kinds."""

from nodeloom_connectors.http.client import HttpClient
from nodeloom_connectors.http.request import request
from nodeloom_connectors.sdk import Connector, NoAuth

connector = Connector(
    name="http",
    title="HTTP",
    icon="globe",
    color="#2563eb",
    description="Call any address over HTTP.",
    auth=NoAuth(),
    actions=(request,),
    connect=HttpClient,
)
