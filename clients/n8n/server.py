"""An n8n server's address, and the names and versions it speaks in."""

import re
from dataclasses import dataclass
from typing import Any, Final

from clients._environment import Environment
from clients._upstream import Upstream
from contracts.n8n.parameters import OnServer

_PARTS: Final = ("/webhook", "/api/v1")
_VERSION: Final = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.|$)", re.ASCII)
_KEYED: Final = (2, 45)  # https://docs.n8n.io/connect/n8n-api/idempotency


@dataclass(eq=False)
class Server(Upstream):
    """One part of a server. Its variables hold the server's address, or that of either part."""

    part: str = ""

    def address(self, env: Environment) -> str:
        """Return the part's own address, whatever part the variable's has.

        Raises:
            NotConfigured: there is none, or it is not a plain http(s) address.
        """
        root = super().address(env)
        for part in _PARTS:
            root = root.removesuffix(part)
        return root + self.part


def takes_keys(version: str | None) -> bool:
    """Return whether that version of n8n remembers idempotency keys; older ones ignore them."""
    found = _VERSION.match(version or "")
    return found is not None and (int(found[1]), int(found[2])) >= _KEYED


def said(request: OnServer, *but: str) -> dict[str, Any]:
    """Return a request's parameters under n8n's names, without the server's and those `but`."""
    left = {"instance", *but}
    return {_camel(name): value for name, value in vars(request).items() if name not in left}


def told(request: OnServer, *but: str) -> dict[str, Any]:
    """Return the same as JSON has it: what is None is left out."""
    return {name: value for name, value in said(request, *but).items() if value is not None}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
