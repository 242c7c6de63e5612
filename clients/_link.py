"""Addresses that a vendor gives: followed only where they stay below the upstream's own."""

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

_FINE: Final = re.compile(r"[!-\[\]^-~]{1,8192}")
"""Printable ASCII without a backslash, which some read as a slash."""
_PORTS: Final = {"http": 80, "https": 443}


class Link(str):
    """Path and query below an upstream's base address, quoted, as the vendor gave them."""

    __slots__ = ()


def below(base: str, said: str) -> Link:
    """Return where an address, or a path of the host (``/next?…``), lies below `base`.

    Raises:
        ValueError: it leads to another scheme, host, port or folder.
    """
    whole = urljoin(f"{base}/", said) if said.startswith("/") and said[1:2] != "/" else said
    if not _FINE.fullmatch(whole):
        raise ValueError("a link has characters that no address has")
    own, parts = urlsplit(base), urlsplit(whole)
    if "@" in parts.netloc or _place(own.geturl()) != _place(whole):
        raise ValueError("a link leads to another host")
    folder = own.path.rstrip("/")
    steps = [unquote(unquote(one)) for one in parts.path.split("/")]
    if not (parts.path == folder or parts.path.startswith(f"{folder}/")) or {".", ".."} & {*steps}:
        raise ValueError("a link leads to another folder")
    query = f"?{parts.query}" if parts.query else ""
    return Link(parts.path.removeprefix(folder) + query)


def query_of(said: str) -> dict[str, str]:
    """Return the query of an address, the first value of each name: cursors are found there."""
    found = parse_qs(urlsplit(said).query, keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


def _place(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)
