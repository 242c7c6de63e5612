"""JSON as agents may send it: one object, finite numbers, unique names, bounded depth."""

import json
from typing import Any, Final

import orjson

MAX_DEPTH: Final = 64
MAX_NODES: Final = 10_000


class NotJson(ValueError):
    """The sentence says what is wrong with the body."""


def read_object(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds; an empty body is an empty object.

    Raises:
        NotJson: it is anything else; the sentence says what.
    """
    if not body:
        return {}
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"The body is not JSON: {error}.") from None
    if not isinstance(data, dict):
        raise NotJson("The body has to be a JSON object of the operation's parameters.")
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH or len(body) > MAX_NODES:
        _measure(data)
    if body.count(b":") != len(data):
        _without_repeats(body)
    return data


def _measure(data: dict[str, Any]) -> None:
    level: list[Any] = [data]
    nodes = 0
    for depth in range(MAX_DEPTH + 1):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise NotJson(f"The body has more than {MAX_NODES} values.")
        inner = [part for part in level if isinstance(part, dict | list)]
        if not inner:
            return
        if depth == MAX_DEPTH:
            break
        level = [one for part in inner for one in _children(part)]
    raise _too_deep()


def _children(part: dict[str, Any] | list[Any]) -> list[Any]:
    return list(part.values()) if isinstance(part, dict) else part


def _without_repeats(body: bytes) -> None:
    # orjson keeps the last of two equal names in silence; the standard parser lets us look
    try:
        json.loads(body, object_pairs_hook=_unique, parse_int=str)
    except RecursionError:  # in a value that orjson dropped, for it measured the others
        raise _too_deep() from None


def _unique(pairs: list[tuple[str, Any]]) -> None:
    seen = set[str]()
    for name, _ in pairs:
        if name in seen:
            raise NotJson(f"The body names {name[:64]!r} twice.")
        seen.add(name)


def _too_deep() -> NotJson:
    return NotJson(f"The body is nested deeper than {MAX_DEPTH} levels.")
