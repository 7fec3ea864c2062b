"""IMAP: the mail of any server, read, sorted and waited for."""

from nodeloom_connectors.imap.client import connect, verify
from nodeloom_connectors.imap.finding import find, get
from nodeloom_connectors.imap.new_mail import new_mail
from nodeloom_connectors.imap.options import folders
from nodeloom_connectors.imap.sorting import delete, mark, move
from nodeloom_connectors.mail import MailServerAccount
from nodeloom_connectors.sdk import Basic, Connector

connector = Connector(
    name="imap",
    title="IMAP mail",
    icon="inbox",
    color="#0e7490",
    description="Read and sort the mail of any mail server, and start runs for new mail.",
    auth=Basic(fields=MailServerAccount),
    actions=(find, get, mark, move, delete),
    connect=connect,
    verify=verify,
    triggers=(new_mail,),
    options={"folders": folders},
)
