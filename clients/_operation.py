"""One thing an integration can do: what the decorator on a client's method says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, get_type_hints

from clients._call import Class
from contracts import OutcomeUnknown, Request, Result

F = TypeVar("F", bound=Callable[..., Awaitable[Result]])

_MARK: Final = "_hub_operation"
_KINDS: Final = frozenset({"safe", "idempotent", "keyed", "unsafe"})


@dataclass(frozen=True)
class Traits:
    """How an operation behaves."""

    kind: Class
    ttl: float = 0.0
    """Seconds its result may be served from the cache; 0: never."""
    timeout: float = 30.0
    """Seconds from the first attempt."""
    cost: float | Callable[[Any], float] = 1.0
    """Tokens of one HTTP attempt, or how to tell from the request."""
    look: str = ""
    """How to find out, once its outcome is unknown, whether it happened: one sentence."""


@dataclass(frozen=True)
class Operation:
    """One operation, put together from contract, method and traits."""

    name: str
    method: str
    request: type[Request[Any]]
    traits: Traits
    doc: str

    @property
    def kind(self) -> Class:
        """Whether a repeat is harmless."""
        return self.traits.kind

    def cost(self, request: Request[Any]) -> float:
        """Return the tokens that one attempt of this request takes."""
        cost = self.traits.cost
        return cost(request) if callable(cost) else cost

    def unknown(self, failure: OutcomeUnknown) -> OutcomeUnknown:
        """Return the failure with how to find out what happened."""
        look = self.traits.look
        return OutcomeUnknown(f"{failure.detail} {look}", failure.facts) if look else failure


def operation(
    kind: Class,
    *,
    ttl: float = 0.0,
    timeout: float = 30.0,
    cost: float | Callable[[Any], float] = 1.0,
    look: str = "",
) -> Callable[[F], F]:
    """Mark a client's method as an operation: ``@operation("safe", ttl=60)``.

    Raises:
        TypeError: there is no such class, or an unsafe operation is to be cached.
    """
    if kind not in _KINDS:
        raise TypeError(f"{kind!r} is no class of operation; one of {', '.join(sorted(_KINDS))}.")
    if ttl and kind != "safe":
        raise TypeError("Only a safe operation may be cached: drop ttl.")
    traits = Traits(kind, ttl, timeout, cost, look)

    def mark(method: F) -> F:
        setattr(method, _MARK, traits)
        return method

    return mark


def read_operation(method: Callable[..., object]) -> Operation | None:
    """Return what a method's mark and annotations say; None without a mark.

    Raises:
        TypeError: name, parameter or result do not fit the contract.
    """
    traits = getattr(method, _MARK, None)
    if traits is None:
        return None
    hints = get_type_hints(method)
    request = hints.get("request")
    where = f"{method.__module__}.{method.__qualname__}"
    if not (isinstance(request, type) and issubclass(request, Request)):
        raise TypeError(f"{where} needs one parameter, request, of a contract's class.")
    expected = request.operation.partition(".")[2]
    if expected != method.__name__:
        raise TypeError(f"{where} has to be named {expected}, as {request.__name__} says.")
    if hints.get("return") is not request.result:
        raise TypeError(f"{where} has to return {request.result.__name__}.")
    doc = (method.__doc__ or "").strip()
    if not doc:
        raise TypeError(f"{where} needs a docstring: it is what people read of it.")
    return Operation(request.operation, method.__name__, request, traits, doc)
