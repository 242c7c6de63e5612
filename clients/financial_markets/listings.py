"""CoinMarketCap's answers put into the contracts' shape: coins by key, of a symbol in lists."""

from collections.abc import Iterator
from typing import Any

from contracts.financial_markets import GetCryptoListings, ListCryptoIds

Record = dict[str, Any]


def page(raw: Any, asked: GetCryptoListings) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a page of coins, and where the next begins."""
    rows, total = raw["data"], raw["status"].get("total_count")
    following = asked.start + len(rows)
    more = len(rows) == asked.limit and (total is None or following <= int(total))
    coins = [_quoted(one) for one in rows]
    return {"coins": coins, "total": total, "next_start": following if more else None}


def quotes(raw: Any) -> Record:  # noqa: ANN401
    """Return coins with quotes."""
    return {"coins": [_quoted(one) for one in _flat(raw["data"])]}


def infos(raw: Any) -> Record:  # noqa: ANN401
    """Return what coins are; no tags are null."""
    return {"coins": [{**one, "tags": one.get("tags") or []} for one in _flat(raw["data"])]}


def names(raw: Any, asked: ListCryptoIds) -> Record:  # noqa: ANN401
    """Return numbers and names, and where the next page begins."""
    rows = raw["data"]
    full = asked.symbols is None and len(rows) == asked.limit
    return {"coins": rows, "next_start": asked.start + asked.limit if full else None}


def overall(raw: Any) -> Record:  # noqa: ANN401
    """Return the market of all coins."""
    return _quoted(raw["data"])


def conversions(raw: Any) -> Record:  # noqa: ANN401
    """Return one conversion, or of a shared symbol several."""
    data = raw["data"]
    return {"conversions": [_quoted(one) for one in (data if isinstance(data, list) else [data])]}


def _flat(data: Any) -> Iterator[Record]:  # noqa: ANN401
    """Yield coins by id, by slug, or in a list for each symbol."""
    for held in data if isinstance(data, list) else data.values():
        yield from held if isinstance(held, list) else [held]


def _quoted(one: Record) -> Record:
    """Return it with quotes in a list: older versions have them by currency."""
    said = one["quote"]
    if isinstance(said, list):
        found = [{**quote, "currency": quote["symbol"]} for quote in said]
    else:
        found = [{**quote, "currency": currency} for currency, quote in said.items()]
    rest = {name: value for name, value in one.items() if name != "quote"}
    return {**rest, "quotes": found}
