"""What of a request's parameters goes into the query, and what into the body."""

from typing import Any, Final
from urllib.parse import urlencode

import orjson

from clients import _target
from contracts import Request

FORM: Final = "application/x-www-form-urlencoded"


def fields(request: Request[Any], *but: str) -> dict[str, Any]:
    """Return the parameters as JSON, without these and without those that are None."""
    return request.model_dump(mode="json", exclude=set(but), exclude_none=True)


def rest(path: str, request: Request[Any]) -> dict[str, Any]:
    """Return the parameters that are not in the path."""
    inside = set(_target.holes(path))
    return {name: value for name, value in vars(request).items() if name not in inside}


def body_of(
    path: str, request: Request[Any], json: object, form: _target.Query | None
) -> tuple[bytes, str]:
    """Return body and content type: the form's, that JSON, or the rest of the parameters."""
    if form is not None:
        return urlencode(_target.pairs(form)).encode(), FORM
    if json is None:
        json = fields(request, *_target.holes(path))
    return orjson.dumps(json), "application/json"
