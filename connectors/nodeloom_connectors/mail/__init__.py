"""What the connectors of plain mail share: the way to a server, a letter as bytes, and bytes as an item.

No connector of its own.
"""

from nodeloom_connectors.mail.account import MailServerAccount
from nodeloom_connectors.mail.letters import Enclosure, Letter, addresses_in, written
from nodeloom_connectors.mail.reading import Attached, Mail, read_mail
from nodeloom_connectors.mail.wire import Way, tls_of, way_to

__all__ = [
    "Attached",
    "Enclosure",
    "Letter",
    "Mail",
    "MailServerAccount",
    "Way",
    "addresses_in",
    "read_mail",
    "tls_of",
    "way_to",
    "written",
]
