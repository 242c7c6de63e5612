"""FRED's answers put into the contracts' shape."""

from datetime import datetime
from typing import Any

Record = dict[str, Any]


def one(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return the only series; theirs are ``seriess``."""
    (found,) = raw["seriess"]
    return _series(found)


def series(raw: Any, offset: int) -> Record:  # noqa: ANN401
    """Return a page of series."""
    rows = [_series(each) for each in raw["seriess"]]
    return page({**raw, "series": rows}, offset, "series")


def page(raw: Any, offset: int, of: str) -> Record:  # noqa: ANN401
    """Return a page, and where the next begins."""
    following = offset + len(raw[of])
    more = raw[of] and following < raw["count"]
    return {
        of: raw[of],
        "count": raw["count"],
        "next_offset": following if more else None,
        "units": raw.get("units"),
    }


def _series(said: Record) -> Record:
    """Times are ``2024-03-28 07:52:02-05``, the zone without its minutes."""
    return {**said, "last_updated": datetime.fromisoformat(said["last_updated"])}
