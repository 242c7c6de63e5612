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
    own = {
        path.stem
        for path in Path(__file__).parent.iterdir()
        if not path.name.startswith(("_", "."))
        and (path.suffix == ".py" or (path / "__init__.py").is_file())
    }
    return tuple(sorted(own | set(_outside())))


@cache
def load(name: str) -> type[Client]:
    """Import one integration and return its client class.

    Raises:
        LookupError: there is none of this name.
        TypeError: it does not fit its contract.
    """
    outside = _outside().get(name)
    if outside:
        found: object = outside.load()
        return _checked(found, name)
    if name not in names():
        raise LookupError(f"There is no integration {name!r}.")
    module = import_module(f"clients.{name}")
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, Client) and found.name == name:
            return found
    raise TypeError(f"clients/{name} defines no Client.")


def _outside() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}


def _checked(found: object, name: str) -> type[Client]:
    if isinstance(found, type) and issubclass(found, Client) and found.name == name:
        return found
    raise TypeError(f"Entry point {name!r} of {GROUP} has to name a Client called {name!r}.")
