"""Finnhub: quotes, companies, news, earnings.

https://finnhub.io/docs/api
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.financial_markets.values import Currency, Offset, Ticker, Words


class FinnhubQuote(Result):
    """The latest price, in the currency it is traded in."""

    current: float = Field(alias="c")
    change: float | None = Field(alias="d", default=None)
    change_percent: float | None = Field(alias="dp", default=None)
    high: float = Field(alias="h")
    low: float = Field(alias="l")
    open: float = Field(alias="o")
    previous_close: float = Field(alias="pc")
    time: Utc = Field(alias="t")


class GetFinnhubQuote(Request[FinnhubQuote]):
    """Return the latest price of a US stock."""

    symbol: Ticker


class NewsArticle(Result):
    """A news article."""

    id: int
    category: str
    time: Utc = Field(alias="datetime")
    headline: str
    summary: str
    source: str
    url: str
    related: str = ""
    """Tickers, between commas."""


class News(Result):
    """Articles, newest first."""

    articles: list[NewsArticle]


class GetCompanyNews(Request[News]):
    """Return news of a North American company; the free plan reaches a year back."""

    symbol: Ticker
    from_date: date
    to_date: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_date > self.to_date:
            raise ValueError("from_date lies after to_date: swap them")
        return self


class GetMarketNews(Request[News]):
    """Return the latest news of the markets."""

    category: Literal["general", "forex", "crypto", "merger"] = "general"
    min_id: Annotated[int, Field(ge=0, le=1_000_000_000_000)] = 0
    """Only those after the article of this id."""


class FoundSymbol(Result):
    """A symbol that a search found."""

    symbol: str
    display_symbol: str = Field(alias="displaySymbol")
    description: str
    type: str


class FoundSymbols(Result):
    """What a search found, the best first."""

    count: int
    symbols: list[FoundSymbol] = Field(alias="result")


class SearchFinnhubSymbols(Request[FoundSymbols]):
    """Search symbols by name, symbol, ISIN or CUSIP."""

    query: Words
    exchange: Annotated[str, Field(pattern=r"^[A-Z]{1,8}$", max_length=8)] | None = None
    """Only of this exchange: ``US``."""


class CompanyProfile(Result):
    """A company."""

    ticker: str
    name: str
    country: str | None = None
    currency: str | None = None
    exchange: str | None = None
    industry: str | None = Field(alias="finnhubIndustry", default=None)
    ipo: str | None = None
    """The day it went public."""
    market_capitalization: float | None = Field(alias="marketCapitalization", default=None)
    """Millions of its currency."""
    shares_outstanding: float | None = Field(alias="shareOutstanding", default=None)
    """Millions."""
    website: str | None = Field(alias="weburl", default=None)
    logo: str | None = None


class GetCompanyProfile(Request[CompanyProfile]):
    """Return what a company is."""

    symbol: Ticker


class CompanyMetrics(Result):
    """Ratios of a company: hundreds, named by the vendor, not each there for each company."""

    symbol: str
    metrics: dict[str, float | str | None] = Field(alias="metric")
    """``52WeekHigh``, ``peTTM``, ``52WeekHighDate``; percent where it is a share."""


class GetCompanyMetrics(Request[CompanyMetrics]):
    """Return ratios of a company."""

    symbol: Ticker


class Earnings(Result):
    """When a company tells its earnings, and what they were."""

    symbol: str
    day: date = Field(alias="date")
    hour: str | None = None
    """``bmo`` before, ``amc`` after, ``dmh`` during market hours."""
    year: int | None = None
    quarter: int | None = None
    eps_estimate: float | None = Field(alias="epsEstimate", default=None)
    eps_actual: float | None = Field(alias="epsActual", default=None)
    revenue_estimate: float | None = Field(alias="revenueEstimate", default=None)
    revenue_actual: float | None = Field(alias="revenueActual", default=None)


class EarningsCalendar(Result):
    """Days on which companies tell their earnings; at most 1,500."""

    earnings: list[Earnings] = Field(alias="earningsCalendar")


class GetEarningsCalendar(Request[EarningsCalendar]):
    """Return when companies tell their earnings, and what they were."""

    from_date: date
    to_date: date
    symbol: Ticker | None = None


class Recommendation(Result):
    """How many analysts say what, in one month."""

    symbol: str
    period: date
    """The month's first day."""
    strong_buy: int = Field(alias="strongBuy")
    buy: int
    hold: int
    sell: int
    strong_sell: int = Field(alias="strongSell")


class Recommendations(Result):
    """Months, newest first."""

    months: list[Recommendation]


class GetRecommendations(Request[Recommendations]):
    """Return what analysts recommend."""

    symbol: Ticker


class ForexRates(Result):
    """What one unit of a currency is in others."""

    base: str
    rates: dict[str, float] = Field(alias="quote")
    """By currency code."""


class GetForexRates(Request[ForexRates]):
    """Return the rates of one currency in all others. Needs a paid plan."""

    base: Currency = "USD"


class ExchangeSymbol(Result):
    """Something traded at an exchange."""

    symbol: str
    display_symbol: str = Field(alias="displaySymbol")
    description: str
    type: str
    currency: str | None = None
    mic: str | None = None
    """The market's code (ISO 10383)."""
    figi: str | None = None


class ExchangeSymbols(Result):
    """Symbols: the vendor answers all at once, of which this is a part."""

    symbols: list[ExchangeSymbol]
    total: int
    next_offset: int | None


class ListExchangeSymbols(Request[ExchangeSymbols]):
    """List what is traded at an exchange; of ``US`` name a market too, or it is very much."""

    exchange: Annotated[str, Field(pattern=r"^[A-Z]{1,8}$", max_length=8)] = "US"
    mic: Annotated[str, Field(pattern=r"^[A-Z0-9]{4}$", max_length=4)] | None = None
    """Only of this market: ``XNAS``."""
    security_type: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """``Common Stock``, ``ETP``."""
    limit: Annotated[int, Field(ge=1, le=20_000)] = 500
    offset: Offset = 0
