"""What the address of the record of calls has to be, and whom it trusts."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

_POSTGRES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_VERIFIED: Final = frozenset({"verify-ca", "verify-full"})
_FITS: Final = (
    "it must look like postgresql://user:password@host:5432/database, with / @ : # ? % in the "
    "password as %2F %40 %3A %23 %3F %25, or like sqlite:////folder/calls.sqlite3 for hubs on one "
    "machine"
)


def flaw_of(url: str) -> str:
    """Return what is wrong with an address, as "it …"; nothing if it can be used."""
    if url.startswith("sqlite:///"):
        return ""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        where = (parts.hostname and parts.port != 0) or "host" in query
    except ValueError:
        return _FITS
    named = parts.path.strip("/") and not parts.fragment
    if parts.scheme not in _POSTGRES or not where or not named:
        return _FITS
    if any("password" in name for name in query):
        return "it has a password behind the question mark, where others see it: put it before @"
    return ""


def unverified(url: str) -> list[str]:
    """Return the hosts of a database whose certificate is not checked; SQLite has none.

    A folder, of the server's socket, is no host.
    https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.scheme not in _POSTGRES or query.get("sslmode", [""])[-1] in _VERIFIED:
        return []
    hosts = query.get("hostaddr") or query.get("host") or [parts.hostname or ""]
    return [one for one in hosts[-1].split(",") if one and not one.startswith("/")]
