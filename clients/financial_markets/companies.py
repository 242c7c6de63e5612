"""Finnhub's answers put into the contracts' shape; what it does not know, it answers with zeros."""

from typing import Any

from clients.financial_markets.coins import part
from contracts import Facts, UpstreamRejected
from contracts.financial_markets import ListExchangeSymbols

Record = dict[str, Any]


def quote(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a quote.

    Raises:
        UpstreamRejected: it has no time, as that of an unknown symbol.
    """
    return known(raw if raw["t"] else {})


def known(raw: Any) -> Record:  # noqa: ANN401
    """Return an answer that is not empty.

    Raises:
        UpstreamRejected: it is, as that of an unknown symbol.
    """
    if raw == {}:
        raise UpstreamRejected("Finnhub knows no such symbol.", Facts(upstream_status=200))
    found: Record = raw
    return found


def metrics(raw: Any) -> Record:  # noqa: ANN401
    """Return ratios; the series beside them, a hundred times as long, are left out.

    Raises:
        UpstreamRejected: there are none, as of an unknown symbol.
    """
    return {"symbol": raw["symbol"], "metric": known(raw["metric"])}


def news(raw: Any) -> Record:  # noqa: ANN401
    """Return articles."""
    return {"articles": _rows(raw)}


def months(raw: Any) -> Record:  # noqa: ANN401
    """Return recommendations."""
    return {"months": _rows(raw)}


def symbols(raw: Any, asked: ListExchangeSymbols) -> Record:  # noqa: ANN401
    """Return a part of all symbols."""
    return part(_rows(raw), "symbols", asked.offset, asked.limit)


def _rows(raw: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(raw, list):
        raise TypeError("a list was expected")
    return raw
