"""SMTP: mail through any server."""

from nodeloom_connectors.sdk import Basic, Connector
from nodeloom_connectors.smtp.account import SmtpAccount
from nodeloom_connectors.smtp.client import connect, verify
from nodeloom_connectors.smtp.sending import send

connector = Connector(
    name="smtp",
    title="SMTP mail",
    icon="send",
    color="#0e7490",
    description="Send mail through any mail server.",
    auth=Basic(fields=SmtpAccount),
    actions=(send,),
    connect=connect,
    verify=verify,
)
