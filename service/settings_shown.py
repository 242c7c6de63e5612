"""The settings as people may see them: every variable with its value masked and its source."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypedDict
from urllib.parse import urlsplit

from pydantic import SecretStr

from clients import _registry
from clients._client import Client
from clients._limits import limits_of
from clients._upstream import Upstream
from contracts import NotConfigured
from service.settings import DEFAULT, ENVIRONMENT, SECRET, Settings, variable

_MASK: Final = "***"
_NOT_SET: Final = "not set"
_WIDTH: Final = 100

Upstreams = Mapping[str, Upstream]


class Row(TypedDict):
    """One setting, as people see it."""

    name: str
    value: str
    source: str
    """``environment``, a file's name, ``default``, ``not set``, or why it cannot be read."""
    read: str
    """The variable that gave the value: itself, an alias, or its ``_FILE``."""
    aliases: list[str]
    about: str
    of: str
    """``hub``, or an integration."""


def rows_of(settings: Settings) -> list[Row]:
    """Return one row for each setting, those of the hub first."""
    own = [_own(settings, name) for name in Settings.model_fields]
    clients = [row for name in _registry.names() for row in _client(settings, _registry.load(name))]
    return own + clients


def strangers(settings: Settings) -> list[str]:
    """Return the ``HUB_`` variables in the hub's files that no setting has: spelling mistakes.

    In the environment other programs of this machine may have such variables.
    """
    known = {variable(field) for field in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known}
    places = settings.layers.places.items()
    written = {name for place, values in places if place != ENVIRONMENT for name in values}
    return sorted(name for name in written - known if name.startswith("HUB_"))


def example() -> str:
    """Return the text of ``.env.example``: every variable with what it is, and its default."""
    lines = [
        "# Every variable of the hub, with its default. Copy to .env or .env.local, and set what",
        "# you need. Any may come from a file: NAME_FILE=/run/secrets/name instead of NAME=...",
        "",
        "# The hub itself",
    ]
    for field, info in Settings.model_fields.items():
        told = textwrap.wrap(about(info.description), _WIDTH - 2)
        lines += ["", *(f"# {line}" for line in told), f"#{variable(field)}={default_of(field)}"]
    for name in _registry.names():
        lines += ["", *_chapter(_registry.load(name))]
    return "\n".join(lines) + "\n"


def default_of(field: str) -> str:
    """Return the default of a setting as text; empty where there is none, or each machine's own."""
    info = Settings.model_fields[field]
    return "" if info.default_factory or info.default in {None, ()} else _text(info.default)


def about(text: str | None) -> str:
    """Return a docstring as one line."""
    return " ".join((text or "").split())


def _chapter(client: type[Client]) -> list[str]:
    lines = [f"# {client.name}: {about((client.__doc__ or '').strip().splitlines()[0])}"]
    for (first, *others), what in _groups(client, client.upstreams):
        also = f" (or {', '.join(others)})" if others else ""
        lines.append(f"# {what}{also}")
        lines.append(f"#{first}={_default(client.upstreams, first)}")
    return lines


def _own(settings: Settings, field: str) -> Row:
    name = variable(field)
    value = getattr(settings, field)
    read = next((one for one in (name, f"{name}_FILE") if one in settings.layers.merged), name)
    return {
        "name": name,
        "value": _shown(value) if value else _text(value),
        "source": settings.layers.source(read),
        "read": read,
        "aliases": [],
        "about": about(Settings.model_fields[field].description),
        "of": "hub",
    }


def _client(settings: Settings, client: type[Client]) -> Iterator[Row]:
    try:
        upstreams = client.upstreams_in(settings.environment)
    except NotConfigured:
        upstreams = dict(client.upstreams)
    keys = {name for one in upstreams.values() for name in one.keys}
    for (first, *others), what in _groups(client, upstreams):
        default = _default(upstreams, first)
        value, read, source = _found(settings, [first, *others])
        secret = value and (read.removesuffix("_FILE") in keys or SECRET.search(read))
        yield {
            "name": first,
            "value": _MASK if secret else _without_password(value or default),
            "source": source or (DEFAULT if default else _NOT_SET),
            "read": read,
            "aliases": others,
            "about": what,
            "of": client.name,
        }


def _found(settings: Settings, names: Sequence[str]) -> tuple[str, str, str]:
    """Return the value of the first variable that has one, its name, and where it was read."""
    layers = settings.layers
    try:
        found = settings.environment.find(*names)
    except NotConfigured as failure:
        return "", names[0], failure.detail
    if found is None:
        return "", names[0], ""
    read = found.name if layers.merged.get(found.name, "").strip() else f"{found.name}_FILE"
    return found.value.get_secret_value(), read, layers.source(read)


def _groups(client: type[Client], upstreams: Upstreams) -> Iterator[tuple[list[str], str]]:
    """Yield what may be set: its name, then those that are read where that one is not set."""
    seen: set[str] = set()
    for names, what in _all_groups(client, upstreams):
        if names[0] not in seen:
            seen |= set(names)
            yield names, what


def _all_groups(client: type[Client], upstreams: Upstreams) -> Iterator[tuple[list[str], str]]:
    here = upstreams.values()
    for one in here:
        yield from ((list(names), f"Key of {client.name}") for names in one.key_groups)
    for one in here:
        yield from (([name], f"Part of the paths of {client.name}") for name in one.places)
    for one in here:
        if one.instances:
            yield [one.instances], f"Names of the instances of {client.name}.{one.member}"
    yield from (([name], f"Read by {client.name}") for name in client.variables)
    for one in here:
        yield list(one.url_variables), f"Address of {client.name}.{one.name}"
        yield from (([name], f"Certificate of {client.name}.{one.name}") for name in one.pins)
    for one in here:
        yield [one.limit_variable], f"Limits of {client.name}.{one.name}"


def _default(upstreams: Upstreams, name: str) -> str:
    for one in upstreams.values():
        if name == one.url_variable:
            return one.url
        if name == one.limit_variable:
            return str(limits_of(one.limits))
    return ""


def _shown(value: object) -> str:
    if not isinstance(value, SecretStr):
        return _text(value)
    text = value.get_secret_value()
    return _without_password(text) if "://" in text else _MASK


def _without_password(url: str) -> str:
    """Return an address with whatever may be secret in it masked."""
    if "://" not in url or ("@" not in url and "?" not in url):
        return url
    try:
        parts = urlsplit(url)
        place = parts.netloc.rpartition("@")[2]
        user = f"{parts.username or ''}:{_MASK}@" if "@" in parts.netloc else ""
        return f"{parts.scheme}://{user}{place}{parts.path}{'?' + _MASK if parts.query else ''}"
    except ValueError:
        return _MASK


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
