"""One host that an integration talks to: its facts, as plain data on top of a client file."""

import re
import ssl
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self, overload
from urllib.parse import unquote, urlsplit

from clients._auth import Auth, Names, NoAuth
from clients._environment import NOTHING, Environment, InstanceEnvironment
from clients._limits import Concurrency, Limits, Rate, limits_of, parse_limits
from clients._signals import Dialect
from clients._tls import Tls, context
from clients._verdict import Manners
from contracts import NotConfigured

if TYPE_CHECKING:
    from clients._api import Api
    from clients._client import Client

DEFAULT: Final = "default"
"""The one instance where no variable lists several."""
_TEXT: Final = re.compile(r"[!-~]+")
_INSTANCE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_TOLD: Final = 8
"""Characters of a secret address's parts that are too short to be a secret."""
_A_DOMAIN: Final = 2
"""Labels of a host; what stands before them may be the secret of its owner."""

Limit = Rate | Concurrency


@dataclass(eq=False)
class Upstream:
    """Where it is, how to prove who asks, how often it may be called, how it says no.

    Placeholders in capitals, ``{TWILIO_ACCOUNT_SID}``, in paths are variables.
    """

    url: str
    """Base address; empty when there is none for everyone."""
    auth: Auth = field(default_factory=NoAuth)
    needs: Names = ()
    """Variables besides the keys that its paths contain."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every call."""
    limits: Sequence[Limit] = ()
    limits_with_key: Sequence[Limit] = ()
    """In place of `limits` where an optional key is set."""
    probe: str | None = None
    """Path of a cheap GET that tells whether it works."""
    dialects: tuple[Dialect, ...] = ()
    """The headers in which it tells what is left."""
    retry_after: tuple[str, ...] = ("retry-after",)
    """The headers in which it tells when to come again."""
    manners: Manners = field(default_factory=Manners)
    key_header: str | None = None
    """Where a `keyed` operation's idempotency key goes."""
    aliases: Names = ()
    """Variables that the platform already uses for the address, second in order."""
    bare: str = "https://{}"
    """The address of a host of which an alias has nothing but the name."""
    below: str = ""
    """What follows an alias's address that does not end so."""
    instances: str = ""
    """The variable that lists its instances by name, where there can be several."""
    secret_url: bool = False
    """Whether the address is the whole target, and whoever knows it may call."""
    pin: str = ""
    """Before ``_CA_FILE`` and ``_FINGERPRINT``: variables to trust its own certificate by."""
    connections: int = 32
    name: str = field(default="", init=False)
    """The attribute of the client; of a named instance ``<attribute>.<instance>``."""
    member: str = field(default="", init=False)
    """The attribute of the client."""
    instance: str = field(default="", init=False)
    integration: str = field(default="", init=False)
    alone: bool = field(default=True, init=False)
    """Whether it is its integration's only upstream."""
    for_tokens: bool = field(default=False, init=False)
    """Whether another one gets its tokens there."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.member = name

    @overload
    def __get__(self, client: Auth | None, owner: type) -> "Upstream": ...
    @overload
    def __get__(self, client: "Client", owner: type) -> "Api": ...
    def __get__(self, client: "Client | Auth | None", owner: type) -> "Upstream | Api":
        """On a client: the way to call it. On the class, and in another fact: the facts."""
        return self if client is None or isinstance(client, Auth) else client.way_to(self.member)

    def here(self, env: Environment) -> tuple[Self, ...]:
        """Return what it is in this environment: itself, or each of its named instances.

        Raises:
            NotConfigured: the variable does not read as names.
        """
        listed = env.get(self.instances) if self.instances else None
        if listed is None:
            return (self,)
        names = [one.strip() for one in listed.split(",")]
        if len(set(names)) < len(names) or not all(map(_INSTANCE.fullmatch, names)):
            text = f"{self.instances} must be names like north_2, each once, between commas."
            raise NotConfigured(text)
        return tuple(map(self._instance, names))

    def view(self, env: Environment) -> Environment:
        """Return the variables as its facts name them: an instance has its own."""
        if not self.instance:
            return env
        return InstanceEnvironment(env, self.integration.upper(), self.instance)

    @property
    def url_variable(self) -> str:
        """``<INTEGRATION>_API_URL``; of several upstreams ``<INTEGRATION>_<UPSTREAM>_URL``.

        Of an instance ``<INTEGRATION>_<INSTANCE>_URL`` or ``…_<INSTANCE>_<UPSTREAM>_URL``.
        """
        alone = "" if self.instance else "_API"
        return f"{self._prefix}{alone if self.alone else f'_{self.member.upper()}'}_URL"

    @property
    def url_variables(self) -> Names:
        """All variables that may hold its address, first the one to use."""
        if not self.instance:
            return (self.url_variable, *self.aliases)
        aliases = map(self._named, self.aliases)
        return tuple(dict.fromkeys((self.url_variable, f"{self._prefix}_URL", *aliases)))

    @property
    def limit_variable(self) -> str:
        """``<INTEGRATION>_LIMIT``; of several upstreams ``<INTEGRATION>_<UPSTREAM>_LIMIT``."""
        return f"{self._prefix}{'' if self.alone else f'_{self.member.upper()}'}_LIMIT"

    @property
    def key_groups(self) -> tuple[Names, ...]:
        """Its secrets, each by the variables that may hold it."""
        keys = tuple(tuple(map(self._named, names)) for names in self.auth.groups)
        return (*keys, self.url_variables) if self.secret_url else keys

    @property
    def keys(self) -> Names:
        """All variables that hold a secret."""
        return tuple(dict.fromkeys(name for names in self.key_groups for name in names))

    @property
    def places(self) -> Names:
        """The variables that its paths contain."""
        return tuple(map(self._named, self.needs))

    @property
    def pins(self) -> Names:
        """The variables that say whose certificate to trust."""
        both = (f"{self.pin}_CA_FILE", f"{self.pin}_FINGERPRINT") if self.pin else ()
        return tuple(map(self._named, both))

    def address(self, env: Environment) -> str:
        """Return the base address, without a slash at its end; of a secret one the whole target.

        Raises:
            NotConfigured: there is none, or it is not a plain http(s) address.
        """
        found = env.find(*self.url_variables)
        name, url = (found.name, found.value.get_secret_value()) if found else ("", self.url)
        if not url:
            raise NotConfigured(f"Set {self.url_variable} where the hub runs.")
        if name not in {"", self.url_variable}:
            url = self._whole(url)
        if not _plain(url, whole=self.secret_url):
            text = f"{name or self.url_variable} must be http(s)://host[:port][/path], no more."
            raise NotConfigured(text)
        return url if self.secret_url else url.rstrip("/")

    def allowed(self, env: Environment) -> Limits:
        """Return the limits: the variable's, else the facts'.

        Raises:
            NotConfigured: the variable does not read as limits.
        """
        text = env.get(self.limit_variable)
        if text is None:
            keyed = self.limits_with_key and self._has_key(self.view(env))
            return limits_of(self.limits_with_key if keyed else self.limits)
        try:
            return parse_limits(text)
        except ValueError as error:
            raise NotConfigured(f"{self.limit_variable}: {error}") from None

    def tls(self, env: Environment) -> Tls:
        """Return whom to trust.

        Raises:
            NotConfigured: a variable names no such file, or no fingerprint.
        """
        if not self.pins:
            return Tls()
        ca_file, sha256 = map(env.get, self.pins)
        try:
            tls = Tls(ca_file, sha256)
            if ca_file:
                context(tls)
        except (ValueError, ssl.SSLError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise NotConfigured(f"{' or '.join(self.pins)}: {reason}") from None
        return tls

    def lacking(self, env: Environment) -> Names:
        """Return the variables without which it cannot be called."""
        own = self.view(env)
        found = self.url or env.find(*self.url_variables)
        address = () if found else (self.url_variable,)
        keys = map(self._named, self.auth.lacking(own))
        paths = (name for name in self.places if not env.find(name))
        return tuple(dict.fromkeys((*address, *keys, *paths)))

    def secrets(self, env: Environment) -> list[str]:
        """Return the values that no text may hold."""
        known = [value for name in self.keys if (value := env.get(name))]
        url = env.get(*self.url_variables) if self.secret_url else None
        if url is None:
            return known
        host, *inside = re.split(r"[/?#=&]", self._whole(url).partition("://")[2])
        first, *rest = host.split(".")
        inside += [first] if len(rest) >= _A_DOMAIN else []
        return [*known, *(one for one in map(unquote, inside) if len(one) >= _TOLD)]

    def accounts(self, env: Environment) -> list[str]:
        """Return those of `secrets` that say who asks, and prove nothing."""
        names = (self._named(name) for group in self.auth.accounts for name in group)
        return [value for name in names if (value := env.get(name))]

    @property
    def _prefix(self) -> str:
        instance = f"_{self.instance.upper()}" if self.instance else ""
        return self.integration.upper() + instance

    def _named(self, name: str) -> str:
        return self.view(NOTHING).named(name)

    def _instance(self, name: str) -> Self:
        one = copy(self)
        one.instance, one.name = name, f"{self.member}.{name}"
        return one

    def _has_key(self, own: Environment) -> bool:
        way = self.auth.chosen(own)
        return bool(way.groups) and not way.lacking(own)

    def _whole(self, url: str) -> str:
        whole = url if "://" in url else self.bare.format(url)
        if self.secret_url:
            return whole
        whole = whole.rstrip("/")
        return whole if whole.endswith(self.below) else whole + self.below


def _plain(url: str, *, whole: bool) -> bool:
    try:
        parts = urlsplit(url)
        fine = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return False
    more = (parts.query and not whole) or "#" in url or "@" in parts.netloc
    return fine and not more and parts.scheme in {"http", "https"} and bool(_TEXT.fullmatch(url))
