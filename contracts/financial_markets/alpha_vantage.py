"""Alpha Vantage: stocks, currencies, companies, news. Free: 25 calls a day.

https://www.alphavantage.co/documentation/
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import MaybeFloat, MaybeInt, Utc
from contracts.financial_markets.values import Currency, Ticker, Words


class StockQuote(Result):
    """The latest price of a stock, in the currency it is traded in."""

    symbol: str
    price: float
    open: MaybeFloat
    high: MaybeFloat
    low: MaybeFloat
    previous_close: MaybeFloat
    change: MaybeFloat
    change_percent: MaybeFloat
    volume: MaybeInt
    """Shares."""
    latest_trading_day: date


class GetStockQuote(Request[StockQuote]):
    """Return the latest price of a stock."""

    symbol: Ticker


class DayBar(Result):
    """One day."""

    day: date
    open: float
    high: float
    low: float
    close: float
    volume: MaybeInt = None
    """Shares; None for currencies."""


class DayBars(Result):
    """Days, newest first, in the exchange's calendar."""

    bars: list[DayBar]
    last_refreshed: str
    """As the vendor writes it, in the time zone below."""
    time_zone: str


class GetStockDaily(Request[DayBars]):
    """Return a stock day by day, as traded: not adjusted for splits."""

    symbol: Ticker
    outputsize: Literal["compact", "full"] = "compact"
    """100 days, or more than 20 years, which needs a paid plan."""


class MinuteBar(Result):
    """A few minutes."""

    time: Utc
    """Where they begin."""
    open: float
    high: float
    low: float
    close: float
    volume: MaybeInt = None
    """Shares."""


class MinuteBars(Result):
    """Minutes, newest first."""

    symbol: str
    interval: str
    bars: list[MinuteBar]


class GetStockIntraday(Request[MinuteBars]):
    """Return a stock minute by minute, before and after hours too. Needs a paid plan."""

    symbol: Ticker
    interval: Literal["1min", "5min", "15min", "30min", "60min"] = "5min"
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", max_length=7)] | None = None
    """``2024-01``; without, the latest days."""
    outputsize: Literal["compact", "full"] = "compact"
    """100 bars, or all of 30 days or of the month."""


class SymbolMatch(Result):
    """A symbol that a search found."""

    symbol: str
    name: str
    type: str
    region: str
    currency: str
    time_zone: str
    match_score: float
    """1 is exact."""


class SymbolMatches(Result):
    """What a search found, the best first."""

    matches: list[SymbolMatch]


class SearchSymbols(Request[SymbolMatches]):
    """Search stocks and funds of all regions by symbol or name."""

    keywords: Words


class ExchangeRate(Result):
    """What one unit of a currency costs in another."""

    from_currency: str
    from_name: str
    to_currency: str
    to_name: str
    rate: float
    bid: MaybeFloat
    ask: MaybeFloat
    last_refreshed: Utc


class GetForexRate(Request[ExchangeRate]):
    """Return the rate of two currencies, of money or of coins."""

    from_currency: Currency
    to_currency: Currency


class GetForexDaily(Request[DayBars]):
    """Return the rate of two currencies day by day."""

    from_currency: Currency
    to_currency: Currency
    outputsize: Literal["compact", "full"] = "compact"
    """100 days, or more than 20 years."""


class CompanyOverview(Result):
    """A company and its ratios; money in its currency, shares of 1 as fractions."""

    symbol: str = Field(alias="Symbol")
    name: str = Field(alias="Name")
    asset_type: str | None = Field(alias="AssetType", default=None)
    description: str | None = Field(alias="Description", default=None)
    exchange: str | None = Field(alias="Exchange", default=None)
    currency: str | None = Field(alias="Currency", default=None)
    country: str | None = Field(alias="Country", default=None)
    sector: str | None = Field(alias="Sector", default=None)
    industry: str | None = Field(alias="Industry", default=None)
    market_capitalization: MaybeFloat = Field(alias="MarketCapitalization", default=None)
    ebitda: MaybeFloat = Field(alias="EBITDA", default=None)
    pe_ratio: MaybeFloat = Field(alias="PERatio", default=None)
    eps: MaybeFloat = Field(alias="EPS", default=None)
    dividend_yield: MaybeFloat = Field(alias="DividendYield", default=None)
    profit_margin: MaybeFloat = Field(alias="ProfitMargin", default=None)
    beta: MaybeFloat = Field(alias="Beta", default=None)
    high_52_weeks: MaybeFloat = Field(alias="52WeekHigh", default=None)
    low_52_weeks: MaybeFloat = Field(alias="52WeekLow", default=None)


class GetCompanyOverview(Request[CompanyOverview]):
    """Return what a company is, and its ratios."""

    symbol: Ticker


class TickerSentiment(Result):
    """What an article says of one ticker."""

    ticker: str
    relevance_score: float
    """0 to 1."""
    ticker_sentiment_score: float
    """-1 (bearish) to 1 (bullish)."""
    ticker_sentiment_label: str


class SentimentArticle(Result):
    """A news article and its mood."""

    title: str
    url: str
    time_published: Utc
    source: str
    summary: str
    overall_sentiment_score: float
    """-1 (bearish) to 1 (bullish)."""
    overall_sentiment_label: str
    ticker_sentiment: list[TickerSentiment] = Field(default_factory=list)


class NewsSentiment(Result):
    """News and their mood."""

    articles: list[SentimentArticle]


class GetNewsSentiment(Request[NewsSentiment]):
    """Return news with their mood; of several tickers those that name all."""

    tickers: Annotated[list[Ticker], Field(min_length=1, max_length=20)] | None = None
    """``AAPL``, ``CRYPTO:BTC``, ``FOREX:USD``."""
    topics: (
        Annotated[
            list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", max_length=40)]],
            Field(min_length=1, max_length=10),
        ]
        | None
    ) = None
    """``technology``, ``earnings``, ``blockchain``."""
    time_from: Utc | None = None
    time_to: Utc | None = None
    sort: Literal["LATEST", "EARLIEST", "RELEVANCE"] = "LATEST"
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class Market(Result):
    """A place of trade and whether it is open."""

    market_type: str
    region: str
    primary_exchanges: str
    local_open: str
    """``09:30``, on its own clock."""
    local_close: str
    current_status: str
    """``open`` or ``closed``."""
    notes: str = ""


class MarketStatus(Result):
    """The world's places of trade."""

    markets: list[Market]


class GetMarketStatus(Request[MarketStatus]):
    """Return which markets are open now."""
