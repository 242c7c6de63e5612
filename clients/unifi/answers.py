"""UniFi's answers put into the contract's shape, and the failures that its older API hides."""

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from clients._http import HttpResponse
from contracts import Facts, Failure, UpstreamRejected, UpstreamThrottled, UpstreamUnauthorized

Json = dict[str, Any]

_KEY: Final = frozenset({"api.err.LoginRequired", "api.err.Unauthorized"})
_LATER: Final = re.compile(r"retry after (\d+(?:\.\d+)?)s")
_TOO_MANY: Final = 429


def refused(response: HttpResponse) -> Failure | None:
    """Return what the older API says in ``meta``, and the pause that Site Manager says in words."""
    if response.status == _TOO_MANY:
        later = _LATER.search(response.body.decode(errors="replace"))
        text = f"HTTP 429: {later[0]}" if later else "HTTP 429"
        return UpstreamThrottled(text, Facts(retry_after=float(later[1]))) if later else None
    if not response.body.startswith(b'{"meta"'):
        return None
    meta = orjson.loads(response.body)["meta"]
    if meta["rc"] == "ok":
        return None
    text = f"HTTP {response.status}: {meta.get('msg', 'no reason given')}"
    return UpstreamUnauthorized(text) if meta.get("msg") in _KEY else UpstreamRejected(text)


def data(answer: Json) -> Any:  # noqa: ANN401  (JSON enters here)
    """Return what was asked for."""
    return answer["data"]


def listed(name: str) -> Callable[[Json], Json]:
    """Return what reads a list into the field `name`."""
    return lambda answer: {name: answer["data"]}


def paged(name: str) -> Callable[[Json], Json]:
    """Return what reads a page of a console into the field `name`."""

    def read(answer: Json) -> Json:
        after, total = answer["offset"] + answer["count"], answer["totalCount"]
        more = answer["count"] > 0 and after < total
        return {name: answer["data"], "total": total, "next_offset": after if more else None}

    return read


def told(name: str) -> Callable[[Json], Json]:
    """Return what reads a page of Site Manager into the field `name`."""
    return lambda answer: {name: answer["data"], "next_cursor": answer.get("nextToken") or None}


def device(raw: Json) -> Json:
    """Return a device; what it can do is an object here, and a list elsewhere."""
    parts, uplink = raw["interfaces"], raw.get("uplink") or {}
    return raw | {
        "features": sorted(raw["features"]),
        "ports": parts.get("ports") or [],
        "radios": parts.get("radios") or [],
        "uplink_device_id": uplink.get("deviceId"),
    }


def statistics(raw: Json) -> Json:
    """Return how a device does."""
    uplink = raw.get("uplink") or {}
    return raw | {
        "uplink_tx_bps": uplink.get("txRateBps"),
        "uplink_rx_bps": uplink.get("rxRateBps"),
        "radios": raw["interfaces"].get("radios") or [],
    }
