"""Where a mail server is and who asks."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class MailServerAccount(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    host: str = Field(title="Host", min_length=1, max_length=253, examples=["mail.example.com"])
    port: int = Field(default=993, ge=1, le=65535, title="Port")
    encryption: Literal["tls", "starttls", "never"] = Field(
        default="tls",
        title="Encryption",
        json_schema_extra={
            "x-labels": {"tls": "From the start (TLS)", "starttls": "STARTTLS", "never": "Not encrypted"}
        },
    )
    certificate: Literal["verify", "any"] = Field(
        default="verify",
        title="Certificate",
        description="Without checking it anybody in between could read along.",
        json_schema_extra={"x-labels": {"verify": "Checked", "any": "Any"}, "x-advanced": True},
    )
    user: str = Field(default="", title="User", max_length=320)
    password: SecretStr = Field(default=SecretStr(""), title="Password", max_length=1000)
