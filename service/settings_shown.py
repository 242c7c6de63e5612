"""The settings as people may see them: every variable with its value masked and its source."""

from collections.abc import Iterator
from typing import Any, Final

from clients import _registry
from clients._client import Client
from service.settings import Settings, source_of

_MASK: Final = "***"


def rows_of(settings: Settings) -> list[dict[str, Any]]:
    """Return one row for each variable: name, value, source, what it is."""
    own = [_own(settings, name) for name in Settings.model_fields]
    clients = [row for name in _registry.names() for row in _client(settings, _registry.load(name))]
    return own + clients


def example() -> str:
    """Return the text of ``.env.example``: every variable, each with what it is."""
    lines = [
        "# Every variable of the hub. Copy to .env or .env.local, and set what you need.",
        "# A secret may come from a file: NAME_FILE=/run/secrets/name instead of NAME=...",
        "",
        "# The hub itself",
    ]
    for field, info in Settings.model_fields.items():
        lines += [f"# {_about(info.description)}", f"#HUB_{field.upper()}=", ""]
    for name in _registry.names():
        client = _registry.load(name)
        lines += [f"# {name}: {_first_line(client.__doc__)}"]
        lines += [f"#{variable}=" for variable in client.reads()] + [""]
    return "\n".join(lines)


def _about(text: str | None) -> str:
    return " ".join((text or "").split())


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _own(settings: Settings, field: str) -> dict[str, Any]:
    name = f"HUB_{field.upper()}"
    value = getattr(settings, field)
    shown = "" if value is None else str(value)
    if hasattr(value, "get_secret_value"):
        shown = _MASK
    if isinstance(value, tuple):
        shown = ", ".join(value) or "all"
    about = _about(Settings.model_fields[field].description)
    return {"name": name, "value": shown, "source": source_of(name), "about": about}


def _client(settings: Settings, client: type[Client]) -> Iterator[dict[str, Any]]:
    keys = {name for one in client.upstreams.values() for name in one.auth.variables}
    for name in client.reads():
        found = settings.environment.find(name)
        value = found.value.get_secret_value() if found else ""
        about = f"{client.name}: {'key' if name in keys else 'address, limit or default'}"
        shown = _MASK if value and name in keys else value
        source = source_of(name) if found else "not set"
        yield {"name": name, "value": shown, "source": source, "about": about}
