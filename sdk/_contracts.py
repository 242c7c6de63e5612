"""Which contract an operation's name stands for."""

import contextlib
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import contracts
from contracts import Request
from contracts._names import integration_of
from contracts._reading import no_such_operation


def contract_of(operation: str) -> type[Request[Any]]:
    """Return the request class of an operation; its integration is imported if need be.

    Raises:
        UnknownOperation: there is none; it names the nearest.
    """
    with contextlib.suppress(ImportError):
        import_module(f"contracts.{integration_of(operation)}")
    found = _loaded()
    if operation in found:
        return found[operation]
    for module in pkgutil.iter_modules(contracts.__path__):
        import_module(f"contracts.{module.name}")
    raise no_such_operation(operation, _loaded())


def _loaded() -> dict[str, type[Request[Any]]]:
    return {one.operation: one for one in _below(Request) if one.operation}


def _below(parent: type[Request[Any]]) -> Iterator[type[Request[Any]]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)
