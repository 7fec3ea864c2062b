"""What the environment (or a `.env` file) says, checked before anything starts."""

import difflib
import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from nodeloom.adapters.home import prepare_home, read_or_make_secret_key, socket_path
from nodeloom.adapters.mail import Mailer, mail_server

PREFIX = "NODELOOM_"
_CONNECTOR_SETTING = re.compile(
    r"[A-Z0-9_]+_(CLIENT_ID|CLIENT_SECRET|SIGNING_SECRET|API_SECRET|API_URL|AUTHORIZE_URL|TOKEN_URL|REVOKE_URL"
    r"|REQUEST_TOKEN_URL|ACCESS_TOKEN_URL)"
)
_ENV_FILE = ".env"
_SHORTEST_KEY = 16


class SettingsInvalid(Exception):
    """One line that names the setting, for the person who starts the program."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Read by `load()`; tests make their own with keyword arguments."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=_ENV_FILE, env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(default_factory=lambda: Path(".nodeloom").absolute())
    port: int = Field(default=8600, ge=1, le=65535)
    host: str = "127.0.0.1"
    public_url: str = Field(default_factory=lambda data: f"http://{_host_in_url(data['host'])}:{data['port']}")
    trusted_proxies: CommaSeparated = ()
    database_url: str = Field(default_factory=lambda data: f"sqlite:///{data['home'] / 'nodeloom.db'}")
    redis_url: str = Field(default_factory=lambda data: f"unix://{socket_path(data['home'])}")
    workers: int = Field(default_factory=lambda: max((os.cpu_count() or 2) - 1, 1), ge=1, le=64)
    secret_key: SecretStr = SecretStr("")
    owner_email: str = ""
    owner_password: SecretStr = SecretStr("")
    egress_allow: CommaSeparated = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    smtp_url: SecretStr = SecretStr("")
    blob_url: str = Field(default_factory=lambda data: f"file://{data['home'] / 'blobs'}")
    retention_days: int = Field(default=30, ge=1)
    max_payload_mb: int = Field(default=16, ge=1, le=1024)
    full_python: Literal["on", "off"] = "off"
    connector_settings: Mapping[str, str] = Field(default_factory=dict[str, str])

    @field_validator("log_level", "log_format", "full_python", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value:
            return value
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError("expected sqlite:///path or postgresql://user:password@host/name")
        return value.replace("postgres://", "postgresql://", 1)

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("expected redis://host:port/0, rediss:// or unix://path")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            mail_server(value.get_secret_value())
        return value

    @field_validator("blob_url")
    @classmethod
    def _known_blobs(cls, value: str) -> str:
        if value and not value.startswith("file:///"):
            raise ValueError("expected file:///path")
        return value

    @field_validator("public_url")
    @classmethod
    def _http_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
            raise ValueError("expected an address like https://flows.example.com")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        keys = [key.strip() for key in value.get_secret_value().split(",")]
        if value.get_secret_value() and any(len(key) < _SHORTEST_KEY for key in keys):
            raise ValueError(f"each key needs at least {_SHORTEST_KEY} characters")
        return value

    @property
    def embedded_redis(self) -> bool:
        """No address was given: `nodeloom up` brings its own server."""
        return "redis_url" not in self.model_fields_set

    @property
    def blob_path(self) -> Path:
        return Path(self.blob_url.removeprefix("file://"))

    def mailer(self) -> Mailer | None:
        """The way out for letters, or None where no server is set."""
        url = self.smtp_url.get_secret_value()
        if not url:
            return None
        return Mailer(mail_server(url), sender=f"nodeloom@{urlsplit(self.public_url).hostname or 'localhost'}")

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Newest first. Without the setting: the key in HOME, made at the first use."""
        given = self.secret_key.get_secret_value()
        if given:
            return tuple(key.strip() for key in given.split(","))
        return (read_or_make_secret_key(self.home),)


def _host_in_url(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def load() -> Settings:
    """The settings of this process, with HOME made ready; the environment wins over the file."""
    known = {PREFIX + name.upper(): name for name in Settings.model_fields if name != "connector_settings"}
    connector_settings: dict[str, str] = {}
    for name, value in _given().items():
        if name in known:
            continue
        if not _CONNECTOR_SETTING.fullmatch(name.removeprefix(PREFIX)):
            raise SettingsInvalid(f"{name} is not a setting of Nodeloom{_nearest(name, known)}")
        connector_settings[name.removeprefix(PREFIX)] = value
    try:
        settings = Settings(connector_settings=connector_settings)
    except ValidationError as invalid:
        raise SettingsInvalid(_first_problem(invalid)) from None
    try:
        prepare_home(settings.home)
    except OSError as error:
        raise SettingsInvalid(f"{PREFIX}HOME: {settings.home} can't be used as data folder: {error.strerror}") from None
    return settings


def _given() -> dict[str, str]:
    """An empty value counts as not given, as compose files pass them on."""
    merged = {**dotenv_values(_ENV_FILE), **os.environ}
    return {name: value for name, value in merged.items() if name.startswith(PREFIX) and value}


def _nearest(name: str, known: Mapping[str, str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""


def _first_problem(invalid: ValidationError) -> str:
    """Without the value: it may be a secret."""
    problem = invalid.errors(include_url=False, include_input=False)[0]
    return f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
