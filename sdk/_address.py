"""Where the hub is: as the program says, or its environment, or the `hub up` of this machine."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from contracts._names import ADDRESSES, Names, data_folder
from sdk._errors import HubUnreachable

_PREFIX: Final = "hub"


@dataclass(frozen=True)
class Address:
    """A broker, and which of the hubs on it."""

    url: str = field(repr=False)
    """``amqp(s)://user:password@host:port/vhost``."""
    prefix: str = _PREFIX

    @property
    def names(self) -> Names:
        """The names of exchanges and queues."""
        return Names(self.prefix)

    @property
    def user(self) -> str:
        """Who asks: the user of the connection, which the broker vouches for."""
        return unquote(urlsplit(self.url).username or "guest")

    @property
    def shown(self) -> str:
        """The broker for people: no password in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def find_hub(
    url: str | None = None,
    prefix: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Address:
    """Return the first of: `url`, `HUB_AMQP_URL`, what `hub up` wrote into its data folder.

    The prefix is `prefix`, else `HUB_PREFIX`, else the one of `hub up`, else ``hub``. A `Hub` looks
    by itself; this is for programs that speak AMQP without it.

    Raises:
        HubUnreachable: there is none of the three.
        ValueError: the address is none, or would not check the broker's certificate.
    """
    found = {} if url else _told(environment)
    at = url or environment.get("HUB_AMQP_URL") or found.get("amqp_url")
    if not at:
        raise HubUnreachable(
            "No hub is known here: pass the broker's address, Hub(url), or set HUB_AMQP_URL to it, "
            "or start a hub on this machine with `hub up`."
        )
    _check(at)
    named = prefix or environment.get("HUB_PREFIX")
    return Address(at, named or found.get("prefix") or _PREFIX)


def _told(environment: Mapping[str, str]) -> dict[str, Any]:
    if environment.get("HUB_AMQP_URL"):
        return {}
    try:
        found = json.loads((data_folder(environment) / ADDRESSES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
        raise ValueError(
            "The broker's address must look like amqp://user:password@host:5672/vhost, or begin "
            "with amqps:// for TLS."
        )
    if "no_verify_ssl" in parse_qs(parts.query, keep_blank_values=True):
        raise ValueError(
            "The broker's address says no_verify_ssl: its certificate is always checked. Name the "
            "authority that signed it instead, with ?cafile=/path/to/ca.pem."
        )
