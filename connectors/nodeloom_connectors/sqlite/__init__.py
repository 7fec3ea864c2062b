"""SQLite: database files in the one folder that the installation names for it."""

from nodeloom_connectors.databases import OPTIONS, actions_with, triggers_with
from nodeloom_connectors.sdk import Connector, NoAuth
from nodeloom_connectors.sqlite.client import FileParams, connect
from nodeloom_connectors.sqlite.options import files

connector = Connector(
    name="sqlite",
    title="SQLite",
    icon="database",
    color="#0f80cc",
    description="Read and change rows of a SQLite file in the folder that the installation allows.",
    auth=NoAuth(),
    actions=actions_with(FileParams),
    connect=connect,
    triggers=triggers_with(FileParams),
    options={**OPTIONS, "files": files},
)
