"""One host that an integration talks to: its facts, as plain data on top of a client file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, overload
from urllib.parse import urlsplit

from clients._auth import Auth, NoAuth
from clients._environment import Environment
from clients._limits import Limits, Rate, parse_limits
from clients._signals import Dialect
from clients._verdict import Manners
from contracts import NotConfigured

if TYPE_CHECKING:
    from clients._api import Api
    from clients._client import Client

_TEXT: Final = re.compile(r"[!-~]+")


@dataclass(eq=False)
class Upstream:
    """Where it is, how to prove who asks, how often it may be called, how it says no.

    Placeholders in capitals, ``{TWILIO_ACCOUNT_SID}``, in paths are variables.
    """

    url: str
    """Base address; empty when there is none for everyone."""
    auth: Auth = field(default_factory=NoAuth)
    needs: tuple[str, ...] = ()
    """Variables besides the keys that its paths contain."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every call."""
    limits: tuple[Rate, ...] | list[Rate] = ()
    concurrency: int | None = None
    """Calls in flight at once, where the vendor counts those."""
    probe: str | None = None
    """Path of a cheap GET that tells whether it works."""
    dialects: tuple[Dialect, ...] = ()
    """The headers in which it tells what is left."""
    retry_after: tuple[str, ...] = ("retry-after",)
    """The headers in which it tells when to come again."""
    manners: Manners = field(default_factory=Manners)
    key_header: str | None = None
    """Where a `keyed` operation's idempotency key goes."""
    aliases: tuple[str, ...] = ()
    """Variables that the platform already uses for the address, second in order."""
    connections: int = 32
    name: str = field(default="", init=False)
    integration: str = field(default="", init=False)
    alone: bool = field(default=True, init=False)
    """Whether it is its integration's only upstream."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, client: None, owner: type) -> "Upstream": ...
    @overload
    def __get__(self, client: "Client", owner: type) -> "Api": ...
    def __get__(self, client: "Client | None", owner: type) -> "Upstream | Api":
        """On a client: the way to call it. On the class: the facts."""
        return self if client is None else client.way_to(self.name)

    @property
    def url_variable(self) -> str:
        """``<INTEGRATION>_API_URL``; of several upstreams ``<INTEGRATION>_<UPSTREAM>_URL``."""
        middle = "API" if self.alone else self.name.upper()
        return f"{self.integration.upper()}_{middle}_URL"

    @property
    def limit_variable(self) -> str:
        """``<INTEGRATION>_LIMIT``; of several upstreams ``<INTEGRATION>_<UPSTREAM>_LIMIT``."""
        middle = "" if self.alone else f"_{self.name.upper()}"
        return f"{self.integration.upper()}{middle}_LIMIT"

    def address(self, env: Environment) -> str:
        """Return the base address, without a slash at its end.

        Raises:
            NotConfigured: there is none, or it is not a plain http(s) address.
        """
        found = env.find(self.url_variable, *self.aliases)
        name, url = (found.name, found.value.get_secret_value()) if found else ("", self.url)
        if not url:
            raise NotConfigured(f"Set {self.url_variable} where the hub runs.")
        if not _plain(url):
            text = f"{name or self.url_variable} must be http(s)://host[:port][/path], no more."
            raise NotConfigured(text)
        return url.rstrip("/")

    def allowed(self, env: Environment) -> Limits:
        """Return the limits: the variable's, else the facts'.

        Raises:
            NotConfigured: the variable does not read as limits.
        """
        text = env.get(self.limit_variable)
        if text is None:
            return Limits(tuple(self.limits), self.concurrency)
        try:
            return parse_limits(text)
        except ValueError as error:
            raise NotConfigured(f"{self.limit_variable}: {error}") from None

    def lacking(self, env: Environment) -> tuple[str, ...]:
        """Return the variables without which it cannot be called."""
        address = (
            () if self.url or env.find(self.url_variable, *self.aliases) else (self.url_variable,)
        )
        paths = (name for name in self.needs if not env.find(name))
        return tuple(dict.fromkeys((*address, *self.auth.lacking(env), *paths)))


def _plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
        fine = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return False
    more = parts.query or parts.fragment or "@" in parts.netloc
    return fine and not more and parts.scheme in {"http", "https"} and bool(_TEXT.fullmatch(url))
