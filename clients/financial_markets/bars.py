"""Massive's answers put into the contracts' shape: times in nanoseconds, pages by address."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from clients._link import query_of
from contracts.financial_markets import (
    GetPolygonAggregates,
    GetPolygonNews,
    ListPolygonDividends,
    ListPolygonTickers,
)

Record = dict[str, Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(microseconds=1)


def path_of(asked: GetPolygonAggregates) -> str:
    """Return the path of a page: the cursor has the moment at which that begins."""
    begin = asked.cursor.partition("~")[0] if asked.cursor else "{from_date}"
    return f"/v2/aggs/ticker/{{ticker}}/range/{{multiplier}}/{{timespan}}/{begin}/{{to_date}}"


def spans(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a page of bars; of nothing there is no list."""
    following, cursor = raw.get("next_url"), None
    if following:
        begin = urlsplit(following).path.split("/")[-2]
        cursor = f"{begin}~{query_of(following)['cursor']}"
    return {
        "ticker": raw["ticker"],
        "adjusted": raw.get("adjusted", True),
        "bars": raw.get("results") or [],
        "next_cursor": cursor,
    }


def page_of(request: ListPolygonTickers | GetPolygonNews | ListPolygonDividends) -> Record:
    """Return what to ask: a cursor stands for all the rest."""
    return vars(request).copy() if request.cursor is None else {"cursor": request.cursor}


def paged(name: str) -> Callable[[Any], Record]:
    """Return how to read a page."""

    def read(raw: Any) -> Record:  # noqa: ANN401
        following = raw.get("next_url")
        cursor = query_of(following)["cursor"] if following else None
        return {name: raw.get("results") or [], "next_cursor": cursor}

    return read


def trades(raw: Any) -> Record:  # noqa: ANN401
    """Return a page of trades, by the exchanges' clocks."""
    page = paged("trades")(raw)
    page["trades"] = [
        {**one, "time": _moment(one["participant_timestamp"])} for one in page["trades"]
    ]
    return page


def snapshot(raw: Any) -> Record:  # noqa: ANN401
    """Return a stock as it stands."""
    said: Record = raw["ticker"]
    minute = said.get("min") or {}
    return {
        "ticker": said["ticker"],
        "day": said["day"],
        "prevDay": said["prevDay"],
        "min": {**minute, "t": minute.get("t") or None} if minute else None,
        "todaysChange": said.get("todaysChange"),
        "todaysChangePerc": said.get("todaysChangePerc"),
        "last_price": (said.get("lastTrade") or {}).get("p"),
        "updated": _moment(said.get("updated")),
    }


def nanoseconds(moment: datetime | None) -> int | None:
    """Return a moment as Massive counts it."""
    return None if moment is None else (moment - _EPOCH) // _STEP * 1000


def _moment(counted: int | None) -> datetime | None:
    return _EPOCH + timedelta(microseconds=counted // 1000) if counted else None
