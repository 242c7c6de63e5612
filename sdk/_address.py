"""Where the hub is: as the program says, or its environment, or the `hub up` of this machine."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from contracts._broker import flaw_of
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
    if flaw := flaw_of(at):
        raise ValueError(f"The broker's address cannot be used: {flaw}.")
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
