"""Which integrations there are: the folder's files and other packages' entry points."""

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from clients._client import Client

GROUP: Final = "integration_hub.clients"


def names() -> tuple[str, ...]:
    """Return the names of all integrations, sorted, without importing any."""
    return tuple(sorted({*_own(), *_outside()}))


@cache
def load(name: str) -> type[Client]:
    """Import one integration and return its client class.

    Raises:
        LookupError: there is none of this name.
        TypeError: it does not fit its contract.
    """
    if name in _own():
        found = [*vars(import_module(f"clients.{name}")).values()]
    elif name in _outside():
        found = [_outside()[name].load()]
    else:
        raise LookupError(f"There is no integration {name!r}.")
    for one in found:
        if isinstance(one, type) and issubclass(one, Client) and one.name == name:
            return _whole(one)
    raise TypeError(f"There is no Client called {name!r} where it should be defined.")


def _own() -> set[str]:
    return {
        path.stem
        for path in Path(__file__).parent.iterdir()
        if not path.name.startswith(("_", "."))
        and (path.suffix == ".py" or (path / "__init__.py").is_file())
    }


def _outside() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}


def _whole(client: type[Client]) -> type[Client]:
    if lost := client.unserved():
        raise TypeError(f"{client.__name__} has no method for {', '.join(lost)}.")
    return client
