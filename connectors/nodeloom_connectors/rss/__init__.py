"""RSS and Atom feeds."""

from nodeloom_connectors.rss.client import connect
from nodeloom_connectors.rss.new_entry import new_entry
from nodeloom_connectors.rss.reading import read
from nodeloom_connectors.sdk import Connector, NoAuth

connector = Connector(
    name="rss",
    title="RSS feed",
    icon="rss",
    color="#c2570c",
    description="Read RSS and Atom feeds, and start runs for new entries.",
    auth=NoAuth(),
    actions=(read,),
    connect=connect,
    triggers=(new_entry,),
)
