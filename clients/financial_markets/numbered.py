"""Alpha Vantage's answers put into the contracts' shape.

Their keys are numbered (``05. price``), their values text, their rows by time.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts import Facts, UpstreamRejected
from contracts.financial_markets import GetStockIntraday

Record = dict[str, Any]

_NUMBER: Final = re.compile(r"^\d+[a-z]?\. ")
_RATE: Final = "Realtime Currency Exchange Rate"
_QUOTE: Final = {"latest trading day": "latest_trading_day", "previous close": "previous_close"}
_RATES: Final = {
    "From_Currency Code": "from_currency",
    "From_Currency Name": "from_name",
    "To_Currency Code": "to_currency",
    "To_Currency Name": "to_name",
    "Exchange Rate": "rate",
    "Bid Price": "bid",
    "Ask Price": "ask",
    "Last Refreshed": "last_refreshed",
}


def quote(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a quote.

    Raises:
        UpstreamRejected: it is empty, as that of an unknown symbol.
    """
    said = _plain(_known(raw["Global Quote"]))
    percent = said["change percent"].removesuffix("%")
    return {**{_QUOTE.get(k, k): v for k, v in said.items()}, "change_percent": percent}


def days(raw: Any) -> Record:  # noqa: ANN401
    """Return a series of days, of stocks or currencies."""
    meta = _plain(raw["Meta Data"])
    rows = [{"day": day, **_plain(row)} for day, row in _series(raw).items()]
    return {"bars": rows, "last_refreshed": meta["Last Refreshed"], "time_zone": meta["Time Zone"]}


def minutes(raw: Any, asked: GetStockIntraday) -> Record:  # noqa: ANN401
    """Return a series of minutes; its times are on the clock that it names."""
    zone = ZoneInfo(_plain(raw["Meta Data"])["Time Zone"])
    rows = [{"time": _utc(text, zone), **_plain(row)} for text, row in _series(raw).items()]
    return {"symbol": asked.symbol, "interval": asked.interval, "bars": rows}


def matches(raw: Any) -> Record:  # noqa: ANN401
    """Return what a search found."""
    rows = [_plain(one) for one in raw["bestMatches"]]
    return {
        "matches": [
            {**row, "match_score": row["matchScore"], "time_zone": row["timezone"]} for row in rows
        ]
    }


def rate(raw: Any) -> Record:  # noqa: ANN401
    """Return a rate; its time is UTC, as it says."""
    said = _plain(_known(raw[_RATE]))
    if said["Time Zone"] != "UTC":
        raise ValueError("a rate's time is not in UTC")
    return {ours: said[theirs] for theirs, ours in _RATES.items()}


def overview(raw: Any) -> Record:  # noqa: ANN401
    """Return a company.

    Raises:
        UpstreamRejected: it is empty, as that of an unknown symbol.
    """
    return _known(raw)


def news(raw: Any) -> Record:  # noqa: ANN401
    """Return articles; their times are ``20240612T013000``, in UTC."""
    return {
        "articles": [
            {**one, "time_published": _compact(one["time_published"])} for one in raw["feed"]
        ]
    }


def _known(found: Record) -> Record:
    if not found:
        text = "Alpha Vantage knows nothing by this name."
        raise UpstreamRejected(text, Facts(upstream_status=200))
    return found


def _plain(said: Record) -> Record:
    return {_NUMBER.sub("", name): value for name, value in said.items()}


def _series(raw: Record) -> Record:
    """Return the rows: ``Time Series (Daily)``, ``Time Series FX (Daily)``."""
    found: list[Record] = [rows for name, rows in raw.items() if name.startswith("Time Series")]
    return found[0]


def _utc(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def _compact(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
