"""Alpha Vantage: stocks, currencies, companies, news.

https://www.alphavantage.co/documentation/
"""

from functools import partial
from typing import Any, TypeVar

from clients._auth import QueryKey
from clients._client import Client
from clients._limits import DAY, Rate
from clients._operation import operation
from clients._reading import Reading
from clients._target import Query, commas
from clients._upstream import Upstream
from clients.financial_markets import numbered
from contracts import Request, Result
from contracts.financial_markets import (
    CompanyOverview,
    DayBars,
    ExchangeRate,
    GetCompanyOverview,
    GetForexDaily,
    GetForexRate,
    GetMarketStatus,
    GetNewsSentiment,
    GetStockDaily,
    GetStockIntraday,
    GetStockQuote,
    MarketStatus,
    MinuteBars,
    NewsSentiment,
    SearchSymbols,
    StockQuote,
    SymbolMatches,
)

R = TypeVar("R", bound=Result)

_PER_DAY = "https://www.alphavantage.co/support/#api-key"
_PER_SECOND = "https://github.com/finance-quote/finance-quote/issues/546"


class AlphaVantage(Client):
    """www.alphavantage.co with a free key: 25 calls a day, about one a second.

    It says no in a 200; `clients.financial_markets.refusals` reads that.
    """

    alpha_vantage = Upstream(
        "https://www.alphavantage.co",
        auth=QueryKey("apikey", ("ALPHA_VANTAGE_API_KEY",)),
        limits=[Rate(1, per=1.5, source=_PER_SECOND), Rate(25, per=DAY, source=_PER_DAY)],
    )
    exempt = {"probe": "Each call of Alpha Vantage is one of 25 a day: real ones tell its health."}

    @operation("safe", ttl=60)
    async def get_stock_quote(self, request: GetStockQuote) -> StockQuote:
        """Return the latest price of a stock."""
        return await self._function("GLOBAL_QUOTE", request, numbered.quote)

    @operation("safe", ttl=3600)
    async def get_stock_daily(self, request: GetStockDaily) -> DayBars:
        """Return a stock day by day."""
        return await self._function("TIME_SERIES_DAILY", request, numbered.days)

    @operation("safe", ttl=60)
    async def get_stock_intraday(self, request: GetStockIntraday) -> MinuteBars:
        """Return a stock minute by minute."""
        read = partial(numbered.minutes, asked=request)
        return await self._function("TIME_SERIES_INTRADAY", request, read)

    @operation("safe", ttl=3600)
    async def search_symbols(self, request: SearchSymbols) -> SymbolMatches:
        """Return stocks and funds that a search finds."""
        return await self._function("SYMBOL_SEARCH", request, numbered.matches)

    @operation("safe", ttl=60)
    async def get_forex_rate(self, request: GetForexRate) -> ExchangeRate:
        """Return the rate of two currencies."""
        return await self._function("CURRENCY_EXCHANGE_RATE", request, numbered.rate)

    @operation("safe", ttl=3600)
    async def get_forex_daily(self, request: GetForexDaily) -> DayBars:
        """Return the rate of two currencies day by day."""
        query = {
            "from_symbol": request.from_currency,
            "to_symbol": request.to_currency,
            "outputsize": request.outputsize,
        }
        return await self._function("FX_DAILY", request, numbered.days, query)

    @operation("safe", ttl=3600)
    async def get_company_overview(self, request: GetCompanyOverview) -> CompanyOverview:
        """Return what a company is, and its ratios."""
        return await self._function("OVERVIEW", request, numbered.overview)

    @operation("safe", ttl=900)
    async def get_news_sentiment(self, request: GetNewsSentiment) -> NewsSentiment:
        """Return news with their mood."""
        query = {
            "tickers": commas(request.tickers or ()),
            "topics": commas(request.topics or ()),
            "time_from": request.time_from and f"{request.time_from:%Y%m%dT%H%M}",
            "time_to": request.time_to and f"{request.time_to:%Y%m%dT%H%M}",
            "sort": request.sort,
            "limit": request.limit,
        }
        return await self._function("NEWS_SENTIMENT", request, numbered.news, query)

    @operation("safe", ttl=300)
    async def get_market_status(self, request: GetMarketStatus) -> MarketStatus:
        """Return which markets are open now."""
        return await self._function("MARKET_STATUS", request, None)

    async def _function(
        self,
        function: str,
        request: Request[R],
        read: Reading | None,
        query: Query | None = None,
    ) -> R:
        known: dict[str, Any] = dict(vars(request) if query is None else query)
        asked = {"function": function, **known}
        return await self.alpha_vantage.get("/query", request, query=asked, read=read)
