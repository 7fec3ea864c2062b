"""Where the database is and who asks."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class PostgresAccount(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    host: str = Field(title="Host", min_length=1, max_length=253, examples=["db.example.com"])
    port: int = Field(default=5432, ge=1, le=65535, title="Port")
    database: str = Field(title="Database", min_length=1, max_length=128)
    user: str = Field(title="User", min_length=1, max_length=128)
    password: SecretStr = Field(default=SecretStr(""), title="Password", max_length=1000)
    tls: Literal["verify", "require", "never"] = Field(
        default="verify",
        title="Encryption",
        description="Without checking the certificate anybody in between could read along.",
        json_schema_extra={
            "x-labels": {
                "verify": "Encrypted, certificate checked",
                "require": "Encrypted, any certificate",
                "never": "Not encrypted",
            }
        },
    )
