"""Every setting of the hub, from the environment, then ``.env.local``, then ``.env``."""

import os
import socket
from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from clients._environment import Environment
from contracts._names import data_folder

FILES = (".env", ".env.local")
"""Read from the working directory; the later wins, the environment over both."""

Sandbox = Literal["off", "auto", "on"]


class BadSettings(ValueError):
    """The sentence names the variable and what it has to be."""


def data_home() -> Path:
    """Return the folder for the data of one user's hubs."""
    return data_folder(os.environ)


class Settings(BaseSettings):
    """What `HUB_…` variables say."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_",
        env_file=FILES,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    amqp_url: SecretStr | None = None
    """The broker, ``amqp(s)://user:password@host:port/vhost``; none: the node of `hub up`."""
    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")] = "hub"
    """First word of every exchange and queue: keeps several hubs apart on one broker."""
    instance: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        default_factory=lambda: f"{socket.gethostname().split('.')[0][:40]}-{os.getpid()}"
    )
    """Name of this process among the hubs of one broker."""
    http_host: str = "127.0.0.1"
    """Where the pages and `/api` listen; any other than this machine needs HUB_HTTP_TOKEN."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of the pages and `/api`; 0 takes a free one."""
    http_token: SecretStr | None = None
    """What callers of `/api` send as ``Authorization: Bearer``."""
    data_dir: Path = Field(default_factory=data_home)
    """Folder of the private broker, the record of calls, and the addresses of `hub up`."""
    database_url: SecretStr | None = None
    """Where the record of calls is kept; none: SQLite in the data folder."""
    integrations: Annotated[tuple[str, ...], NoDecode] = ()
    """Names of the integrations to serve, separated by commas; none: all."""
    sandbox: Sandbox = "off"
    """Answer from recordings: `off`, `on`, or `auto` for those that lack a key."""
    health_interval: Annotated[float, Field(ge=0.1)] = 60.0
    """Seconds between snapshots of health, and between probes of what is idle."""
    window: Annotated[int, Field(ge=1, le=10_000)] = 256
    """Requests that one integration holds in memory; the rest waits in the broker."""
    max_request_bytes: Annotated[int, Field(ge=1024)] = 256 * 1024
    """Largest body of a request."""
    max_reply_bytes: Annotated[int, Field(ge=1024)] = 8 * 1024 * 1024
    """Largest answer of an upstream, decoded."""
    access_file: Path | None = None
    """JSON file of who may call what; none: everyone may call everything."""
    log_format: Literal["json", "console"] = "json"
    """One JSON object a line, or text for people."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important line that is written."""

    @field_validator("integrations", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @model_validator(mode="after")
    def _guarded(self) -> "Settings":
        if self.http_token is None and not _loopback(self.http_host):
            raise ValueError(
                f"HUB_HTTP_HOST {self.http_host} can be reached from outside: set HUB_HTTP_TOKEN"
            )
        return self

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """Every variable, of the environment and the files."""
        return merged()

    @cached_property
    def environment(self) -> Environment:
        """Where clients find their keys."""
        return Environment(self.variables)

    @property
    def store_url(self) -> str:
        """Address of the database."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'calls.sqlite3'}"


def load_settings() -> Settings:
    """Return the settings.

    Raises:
        BadSettings: a variable is not what it has to be.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_line(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
        raise BadSettings("; ".join(lines)) from None


def merged() -> dict[str, str]:
    """Return all variables of files and environment."""
    found: dict[str, str] = {}
    for name in FILES:
        found |= {key: value for key, value in dotenv_values(name).items() if value}
    return found | dict(os.environ)


def source_of(name: str) -> str:
    """Return where a variable was read: ``environment``, a file's name, or ``default``."""
    if os.environ.get(name):
        return "environment"
    for file in reversed(FILES):
        if dotenv_values(file).get(name):
            return file
    return "default"


def _line(loc: tuple[int | str, ...], message: str) -> str:
    name = f"HUB_{str(loc[0]).upper()}: " if loc else ""
    return f"{name}{message.removeprefix('Value error, ')}"


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
