"""Every setting of the hub, from the environment, then ``.env.local``, then ``.env``."""

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from clients._environment import Environment
from contracts import NotConfigured
from contracts._broker import flaw_of
from contracts._names import data_folder
from service.record import store_address

ENVIRONMENT: Final = "environment"
DEFAULT: Final = "default"
FILES: Final = (".env.local", ".env")
"""Read from the working directory, where the environment says nothing; the first wins."""

PREFIX: Final = "HUB_"

SECRET: Final = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|DATABASE_URL|DSN")
"""Found in the names of variables that hold secrets."""

_LARGEST_REPLY: Final = 15 * 1024 * 1024
"""RabbitMQ 4 takes messages of 16 MiB (`max_message_size`), older ones larger."""

Sandbox = Literal["off", "auto", "on"]


class BadSettings(ValueError):
    """The sentence names the variable and what it has to be."""


@dataclass(frozen=True)
class Layers:
    """All variables, by where they were read; the first place that has one wins."""

    places: Mapping[str, Mapping[str, str]]

    @cached_property
    def merged(self) -> Mapping[str, str]:
        """Every variable with its value."""
        found: dict[str, str] = {}
        for values in reversed(list(self.places.values())):
            found |= values
        return found

    def source(self, name: str) -> str:
        """Return where a variable was read: ``environment``, a file's name, or ``default``."""
        places = (place for place, values in self.places.items() if name in values)
        return next(places, DEFAULT)


def read_layers() -> Layers:
    """Return all variables that are set to something.

    Raises:
        BadSettings: a file cannot be read.
    """
    places = {ENVIRONMENT: _filled(os.environ)}
    for file in FILES:
        try:
            places[file] = _filled(dotenv_values(file))
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(f"{file} in {Path.cwd()} cannot be read: {error}.") from None
    return Layers(places)


class _Source(PydanticBaseSettingsSource):
    """Gives each field its variable's value, or the content of the file in ``<NAME>_FILE``."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:  # noqa: ARG002  (the base class's)
        return self._environment.get(variable(field_name)), field_name, False

    def __call__(self) -> dict[str, Any]:
        self._environment = Environment(read_layers().merged)
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(info, name)[0] for name, info in fields}
        return {name: value for name, value in found.items() if value is not None}


def variable(field: str) -> str:
    """Return the variable of a field."""
    return PREFIX + field.upper()


def data_home() -> Path:
    """Return the folder for the data of one user's hubs."""
    return data_folder(os.environ)


class Settings(BaseSettings):
    """What `HUB_…` variables say."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)

    amqp_url: SecretStr | None = None
    """The broker, ``amqp(s)://user:password@host:port/vhost``; none: the node of `hub up`."""
    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")] = "hub"
    """First word of every exchange and queue: keeps several hubs apart on one broker."""
    instance: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        default_factory=lambda: f"{_host_word()}-{os.getpid()}"
    )
    """Name of this process among the hubs of one broker; none: host and process."""
    http_host: str = "127.0.0.1"
    """Where the pages and `/api` listen; any other than this machine needs HUB_HTTP_TOKEN."""
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of the pages and `/api`; 0 takes a free one."""
    http_token: SecretStr | None = None
    """What callers of `/api` send as ``Authorization: Bearer``."""
    data_dir: Path = Field(default_factory=data_home)
    """Folder of the private broker, the record of calls, and the addresses of `hub up`; none:
    the user's folder for data."""
    database_url: SecretStr | None = None
    """Where the record of calls is kept: `postgresql://user:password@host:5432/database`, the same
    for all hubs of a broker, or `sqlite:////folder/calls.sqlite3`; none: in the data folder."""
    integrations: Annotated[tuple[str, ...], NoDecode] = ()
    """Names of the integrations to serve, separated by commas; none: all."""
    sandbox: Sandbox = "off"
    """Answer from recordings: `off`, `on`, or `auto` for each upstream that lacks a key, and for
    all of an integration that lacks one and has no other (docs/quickstart.md, Keys)."""
    health_interval: Annotated[float, Field(ge=0.1, allow_inf_nan=False)] = 60.0
    """Seconds between snapshots of health, and between probes of what is idle."""
    window: Annotated[int, Field(ge=1, le=10_000)] = 256
    """Requests that one integration holds in memory; the rest waits in the broker."""
    max_request_bytes: Annotated[int, Field(ge=1024)] = 256 * 1024
    """Largest body of a request."""
    max_reply_bytes: Annotated[int, Field(ge=1024, le=_LARGEST_REPLY)] = 8 * 1024 * 1024
    """Largest answer of an upstream, decoded, and largest result."""
    access_file: Path | None = None
    """JSON file of who may call what; none: everyone may call everything."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """One JSON object a line, or text for people; `auto`: text on a terminal."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important line that is written."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: Any,  # noqa: ANN401  (the base class's other sources)
        **__: Any,  # noqa: ANN401
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the variables as `Layers` have them: one truth about where each comes from."""
        return init_settings, _Source(settings_cls)

    @field_validator("integrations", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
        return value

    @field_validator("data_dir", "access_file")
    @classmethod
    def _from_home(cls, value: Path | None) -> Path | None:
        try:
            return value.expanduser() if value else value
        except RuntimeError as error:
            raise ValueError(str(error)) from None

    @field_validator("amqp_url")
    @classmethod
    def _broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (flaw := flaw_of(value.get_secret_value())):
            raise ValueError(flaw)
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (flaw := store_address.flaw_of(value.get_secret_value())):
            raise ValueError(flaw)
        return value

    @field_validator("http_token")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value() if value else ""
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("it may have printable ASCII characters only, and no space")
        return value

    @model_validator(mode="after")
    def _guarded(self) -> "Settings":
        if self.http_token is None and not is_loopback(self.http_host):
            raise ValueError(
                f"HUB_HTTP_HOST {self.http_host} can be reached from outside: set HUB_HTTP_TOKEN"
            )
        return self

    @cached_property
    def layers(self) -> Layers:
        """Every variable, and where it was read."""
        return read_layers()

    @cached_property
    def environment(self) -> Environment:
        """Where clients find their keys."""
        return Environment(self.layers.merged)

    @property
    def store_url(self) -> str:
        """Address of the database."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'calls.sqlite3'}"

    def secrets(self, broker: str) -> list[str]:
        """Return what may be seen nowhere: token, and passwords of the broker and the database."""
        database = self.database_url.get_secret_value() if self.database_url else ""
        passwords = [unquote(urlsplit(one).password or "") for one in (broker, database)]
        token = self.http_token.get_secret_value() if self.http_token else ""
        return [one for one in (*passwords, token) if one]


def load_settings() -> Settings:
    """Return the settings.

    Raises:
        BadSettings: a variable is not what it has to be.
    """
    try:
        return Settings()
    except ValidationError as error:
        layers = read_layers()
        found = error.errors(include_url=False, include_input=False, include_context=False)
        lines = [_sentence(one["loc"], one["msg"], layers) for one in found]
        raise BadSettings("\n".join(lines)) from None
    except NotConfigured as failure:
        raise BadSettings(failure.detail) from None


def is_loopback(host: str) -> bool:
    """Return whether nobody but this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _filled(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _sentence(loc: tuple[int | str, ...], message: str, layers: Layers) -> str:
    said = message.removeprefix("Value error, ")
    if not loc:
        return f"{said}."
    name = variable(str(loc[0]))
    read = next((one for one in (name, f"{name}_FILE") if one in layers.merged), name)
    return f"{read} ({layers.source(read)}): {said}."


def _host_word() -> str:
    host = socket.gethostname().partition(".")[0]
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in host)[:40] or "hub"
