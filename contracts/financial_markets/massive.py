"""Massive, once Polygon.io: US stocks, currencies and coins, trade by trade.

https://massive.com/docs/rest/quickstart
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Cursor, Utc
from contracts.financial_markets.values import Ticker, Words


class Bar(Result):
    """A span of time; money in US dollars."""

    open: float | None = Field(alias="o", default=None)
    high: float | None = Field(alias="h", default=None)
    low: float | None = Field(alias="l", default=None)
    close: float | None = Field(alias="c", default=None)
    volume: float | None = Field(alias="v", default=None)
    vwap: float | None = Field(alias="vw", default=None)
    """Price weighted by volume."""
    trades: int | None = Field(alias="n", default=None)
    time: Utc | None = Field(alias="t", default=None)
    """Where it begins."""


class Snapshot(Result):
    """A stock now: minute, day, day before; zeros before the day's first trade."""

    ticker: str
    day: Bar
    previous_day: Bar = Field(alias="prevDay")
    minute: Bar | None = Field(alias="min", default=None)
    change: float | None = Field(alias="todaysChange", default=None)
    change_percent: float | None = Field(alias="todaysChangePerc", default=None)
    last_price: float | None = None
    """Of the last trade; None where the plan has no trades."""
    updated: Utc | None = None


class GetPolygonQuote(Request[Snapshot]):
    """Return a US stock as it stands now. Needs a paid plan."""

    ticker: Ticker


class Bars(Result):
    """Spans of time."""

    ticker: str
    adjusted: bool = True
    bars: list[Bar]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class GetPolygonAggregates(Request[Bars]):
    """Return a ticker in spans of time, days by default."""

    ticker: Ticker
    from_date: date
    to_date: date
    multiplier: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Of so many of `timespan` each."""
    timespan: Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"] = "day"
    adjusted: bool = True
    """For splits."""
    sort: Literal["asc", "desc"] = "asc"
    limit: Annotated[int, Field(ge=1, le=50_000)] = 5000
    """Of the minutes or days that the spans are made of."""
    cursor: Annotated[str, Field(pattern=r"^[0-9-]{8,20}~[!-}]{1,500}$", max_length=521)] | None = (
        None
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_date > self.to_date:
            raise ValueError("from_date lies after to_date: swap them")
        return self


class GetPolygonPreviousClose(Request[Bars]):
    """Return a ticker's last whole day."""

    ticker: Ticker
    adjusted: bool = True


class TickerEntry(Result):
    """A ticker and what it stands for."""

    ticker: str
    name: str
    market: str
    """``stocks``, ``crypto``, ``fx``, ``otc``, ``indices``."""
    locale: str | None = None
    primary_exchange: str | None = None
    type: str | None = None
    active: bool | None = None
    currency_name: str | None = None
    cik: str | None = None
    last_updated_utc: Utc | None = None


class Tickers(Result):
    """A page of tickers."""

    tickers: list[TickerEntry]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class ListPolygonTickers(Request[Tickers]):
    """List tickers."""

    search: Words | None = None
    """In ticker and name."""
    market: Literal["stocks", "crypto", "fx", "otc", "indices"] | None = None
    type: Annotated[str, Field(pattern=r"^[A-Z]{1,12}$", max_length=12)] | None = None
    """``CS`` is common stock."""
    active: bool = True
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Cursor | None = None


class TickerDetails(TickerEntry):
    """All that is known of a ticker; money in US dollars."""

    description: str | None = None
    homepage_url: str | None = None
    market_cap: float | None = None
    list_date: date | None = None
    total_employees: int | None = None
    sic_description: str | None = None
    share_class_shares_outstanding: float | None = None


class GetPolygonTicker(Request[TickerDetails]):
    """Return what a ticker stands for."""

    ticker: Ticker
    day: date | None = None
    """As it was then."""


class Trade(Result):
    """One trade."""

    price: float
    size: float
    """Shares."""
    time: Utc
    """By the exchange's clock, to the microsecond."""
    exchange: int | None = None
    conditions: list[int] = Field(default_factory=list)
    id: str | None = None


class Trades(Result):
    """A page of trades."""

    trades: list[Trade]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class ListPolygonTrades(Request[Trades]):
    """List trades of a ticker. Needs a paid plan."""

    ticker: Ticker
    begin: Utc | None = None
    end: Utc | None = None
    """Not with it."""
    order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int, Field(ge=1, le=50_000)] = 1000
    cursor: Cursor | None = None


class OpenClose(Result):
    """A day of a ticker; money in US dollars."""

    symbol: str
    day: date = Field(alias="from")
    open: float
    high: float
    low: float
    close: float
    volume: float
    pre_market: float | None = Field(alias="preMarket", default=None)
    after_hours: float | None = Field(alias="afterHours", default=None)


class GetPolygonOpenClose(Request[OpenClose]):
    """Return one day of a ticker, with before and after hours."""

    ticker: Ticker
    day: date
    adjusted: bool = True


class Publisher(Result):
    """Who published an article."""

    name: str
    homepage_url: str | None = None


class PolygonArticle(Result):
    """A news article."""

    id: str
    title: str
    author: str | None = None
    description: str | None = None
    article_url: str
    published_utc: Utc
    publisher: Publisher
    tickers: list[str] = Field(default_factory=list)


class PolygonNews(Result):
    """A page of articles, newest first."""

    articles: list[PolygonArticle]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class GetPolygonNews(Request[PolygonNews]):
    """Return news, of one ticker or all."""

    ticker: Ticker | None = None
    since: Utc | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 10
    cursor: Cursor | None = None


class Dividend(Result):
    """A dividend."""

    id: str | None = None
    ticker: str
    cash_amount: float
    """Per share."""
    currency: str | None = None
    ex_dividend_date: date
    declaration_date: date | None = None
    record_date: date | None = None
    pay_date: date | None = None
    frequency: int | None = None
    """Times a year; 0 is once."""
    dividend_type: str | None = None


class Dividends(Result):
    """A page of dividends, latest first."""

    dividends: list[Dividend]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class ListPolygonDividends(Request[Dividends]):
    """List dividends, of one ticker or all."""

    ticker: Ticker | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 10
    cursor: Cursor | None = None


class PolygonMarketStatus(Result):
    """Which markets are open."""

    market: str
    """``open``, ``closed``, ``extended-hours``: of US stocks."""
    server_time: Utc = Field(alias="serverTime")
    exchanges: dict[str, str]
    """``nasdaq``, ``nyse``, ``otc``."""
    currencies: dict[str, str]
    """``fx``, ``crypto``."""


class GetPolygonMarketStatus(Request[PolygonMarketStatus]):
    """Return which markets are open now."""
