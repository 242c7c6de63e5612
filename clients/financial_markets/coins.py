"""CoinGecko's answers put into the contracts' shape: prices by key, points by position."""

from typing import Any

from clients._reading import positions
from contracts.financial_markets import (
    GetCoingeckoMarkets,
    GetCoingeckoPrices,
    ListCoingeckoCoins,
    ListCoingeckoExchanges,
)

Record = dict[str, Any]


def prices(raw: Any, asked: GetCoingeckoPrices) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a row for each coin and currency: ``usd_24h_change`` stands beside ``usd``."""
    wanted = [one.lower() for one in asked.vs_currencies]
    known = {one: raw[one] for one in asked.ids if one in raw}
    return {
        "prices": [
            {
                "id": coin,
                "currency": currency,
                "price": said[currency],
                "market_cap": said.get(f"{currency}_market_cap"),
                "volume_24h": said.get(f"{currency}_24h_vol"),
                "change_24h_percent": said.get(f"{currency}_24h_change"),
                "updated_at": said.get("last_updated_at"),
            }
            for coin, said in known.items()
            for currency in wanted
            if currency in said
        ]
    }


def paged(
    raw: Any,  # noqa: ANN401
    asked: GetCoingeckoMarkets | ListCoingeckoExchanges,
    name: str,
) -> Record:
    """Return a page; where it is full there may be another."""
    rows = _rows(raw)
    return {name: rows, "next_page": asked.page + 1 if len(rows) == asked.per_page else None}


def coin(raw: Any) -> Record:  # noqa: ANN401
    """Return what matters of one coin."""
    market = raw.get("market_data") or {}
    homepages = (raw.get("links") or {}).get("homepage") or []
    return {
        **{name: raw[name] for name in ("id", "symbol", "name")},
        "description": (raw.get("description") or {}).get("en") or "",
        "categories": [one for one in raw.get("categories") or [] if one],
        "homepage": next(filter(None, homepages), None),
        "genesis_date": raw.get("genesis_date"),
        "hashing_algorithm": raw.get("hashing_algorithm"),
        "market_cap_rank": raw.get("market_cap_rank"),
        "prices": market.get("current_price") or {},
        "market_caps": market.get("market_cap") or {},
        "volumes_24h": market.get("total_volume") or {},
        "change_24h_percent": market.get("price_change_percentage_24h"),
        "circulating_supply": market.get("circulating_supply"),
        "max_supply": market.get("max_supply"),
        "last_updated": raw.get("last_updated"),
    }


def chart(raw: Any) -> Record:  # noqa: ANN401
    """Return the three series of pairs as one."""
    caps, volumes = dict(_rows(raw["market_caps"])), dict(_rows(raw["total_volumes"]))
    return {
        "points": [
            {
                "time": time,
                "price": price,
                "market_cap": caps.get(time),
                "volume_24h": volumes.get(time),
            }
            for time, price in raw["prices"]
        ]
    }


def candles(raw: Any) -> Record:  # noqa: ANN401
    """Return candles by name."""
    names = ("time", "open", "high", "low", "close")
    return {"candles": [positions(names, row) for row in _rows(raw)]}


def listed(raw: Any, asked: ListCoingeckoCoins) -> Record:  # noqa: ANN401
    """Return a part of all coins, or of those with a symbol."""
    symbol = asked.symbol and asked.symbol.lower()
    return part(
        [one for one in _rows(raw) if symbol in {None, one["symbol"].lower()}],
        "coins",
        asked.offset,
        asked.limit,
    )


def part(rows: list[Any], name: str, offset: int, limit: int) -> Record:
    """Return a part of what the vendor answers all at once."""
    end = offset + limit
    more = end if end < len(rows) else None
    return {name: rows[offset:end], "total": len(rows), "next_offset": more}


def trending(raw: Any) -> Record:  # noqa: ANN401
    """Return the coins; their prices lie deeper."""
    return {"coins": [_trend(one["item"]) for one in raw["coins"]]}


def _trend(one: Record) -> Record:
    data = one.get("data") or {}
    change = (data.get("price_change_percentage_24h") or {}).get("usd")
    return {**one, "price_usd": data.get("price"), "change_24h_percent_usd": change}


def _rows(raw: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(raw, list):
        raise TypeError("a list was expected")
    return raw
