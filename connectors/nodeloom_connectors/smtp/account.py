"""Where the server is, who asks, and in whose name it sends."""

from pydantic import Field

from nodeloom_connectors.mail import MailServerAccount


class SmtpAccount(MailServerAccount):
    port: int = Field(default=465, ge=1, le=65535, title="Port")
    sender: str = Field(
        default="",
        title="From",
        max_length=320,
        description="Empty: the user, if that is an address.",
        examples=["Orders <orders@example.com>"],
    )
