"""Lists, where a vendor promises one."""

from typing import Any


def rows(raw: Any) -> list[Any]:  # noqa: ANN401  (a vendor's JSON)
    """Return what is a list.

    Raises:
        TypeError: it is none; an empty object would read as no rows.
    """
    if not isinstance(raw, list):
        raise TypeError("a list was expected")
    return raw
