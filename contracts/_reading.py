"""From a name and JSON to a typed request, or the failure that says what is wrong with them."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts._errors import InvalidRequest, UnknownOperation
from contracts._model import Request
from contracts._problem import Facts, FieldError

Q = TypeVar("Q", bound=Request[Any])

_SHOWN: Final = 5
"""Wrong fields that the sentence names."""
_TOLD: Final = 100
"""Wrong fields that `errors` names: who sends ten thousand does not read them."""
_LONGEST: Final = 255
"""Characters of a wrong field's name."""
_COMPARED: Final = 64
"""Characters of a wrong name that are compared with the right ones."""


def read_request(model: type[Q], params: Mapping[str, Any]) -> Q:
    """Return the typed parameters of an operation.

    Raises:
        InvalidRequest: one entry for each wrong field, up to 100.
    """
    try:
        return model.model_validate(params)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        told = tuple(_told(one, model) for one in found[:_TOLD])
        said = "; ".join(f"{one.field or 'parameters'}: {one.message}" for one in told[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InvalidRequest(f"{model.operation}: {said}{more}.", Facts(errors=told)) from None


def _told(error: ErrorDetails, model: type[Request[Any]]) -> FieldError:
    field = ".".join(map(str, error["loc"]))
    return FieldError(field=field[:_LONGEST], message=_plain(error, model))


def no_such_operation(operation: str, known: Iterable[str]) -> UnknownOperation:
    """Return the failure that names the nearest operations, of the nearest integration only.

    Whoever may send requests may send wrong names without end: it has to be cheap.
    """
    name, _, method = operation.partition(".")
    of: dict[str, list[str]] = {}
    for one in known:
        integration, _, known_method = one.partition(".")
        of.setdefault(integration, []).append(known_method)
    home = [name] if name in of else _near(name, of, n=1)
    near = [f"{one}.{its}" for one in home for its in _near(method, of[one])]
    hint = f" Did you mean {' or '.join(near)}?" if near else " `hub integrations` lists them all."
    return UnknownOperation(f"There is no operation {operation[:128]!r}.{hint}")


def no_such_integration(name: str, known: Iterable[str]) -> str:
    """Return the sentence that names the nearest integrations."""
    names = sorted(known)
    near = _near(name, names)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
    return f"There is no integration {name[:128]!r}. {hint}"


def _plain(error: ErrorDetails, model: type[Request[Any]]) -> str:
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        return _no_such_parameter(str(error["loc"][0]), list(model.model_fields))
    return error["msg"].removeprefix("Value error, ")


def _no_such_parameter(name: str, known: list[str]) -> str:
    near = _near(name, known)
    if near:
        return f"No such parameter; the nearest: {', '.join(near)}"
    return f"No such parameter; there are {', '.join(known)}" if known else "It takes no parameter"


def _near(name: str, known: Iterable[str], n: int = 3) -> list[str]:
    return difflib.get_close_matches(name[:_COMPARED], list(known), n=n, cutoff=0.6)
