"""What the connectors of SQL databases share: statements with named parameters, and actions on tables.

No connector of its own: it knows no database, a connector gives it a `Database`.
"""

from nodeloom_connectors.databases.actions import actions_with
from nodeloom_connectors.databases.client import Changed, Database, Reached, Rows, first_reachable
from nodeloom_connectors.databases.options import OPTIONS
from nodeloom_connectors.databases.statements import percent_style
from nodeloom_connectors.databases.triggers import triggers_with
from nodeloom_connectors.databases.values import as_json

__all__ = [
    "OPTIONS",
    "Changed",
    "Database",
    "Reached",
    "Rows",
    "actions_with",
    "as_json",
    "first_reachable",
    "percent_style",
    "triggers_with",
]
