"""Finnhub: quotes, companies, news, earnings.

https://finnhub.io/docs/api
"""

from functools import partial

from clients._auth import Key
from clients._client import Client
from clients._limits import MINUTE, SECOND, Rate
from clients._operation import operation
from clients._signals import Dialect
from clients._target import Query
from clients._upstream import Upstream
from clients.financial_markets import companies
from contracts.financial_markets import (
    CompanyMetrics,
    CompanyProfile,
    EarningsCalendar,
    ExchangeSymbols,
    FinnhubQuote,
    ForexRates,
    FoundSymbols,
    GetCompanyMetrics,
    GetCompanyNews,
    GetCompanyProfile,
    GetEarningsCalendar,
    GetFinnhubQuote,
    GetForexRates,
    GetMarketNews,
    GetRecommendations,
    ListExchangeSymbols,
    News,
    Recommendations,
    SearchFinnhubSymbols,
)


class Finnhub(Client):
    """finnhub.io with a free key: 60 calls a minute, and 30 a second with any plan."""

    finnhub = Upstream(
        "https://finnhub.io/api/v1",
        auth=Key("X-Finnhub-Token", ("FINNHUB_API_KEY",)),
        limits=[
            Rate(30, per=SECOND, source="https://finnhub.io/docs/api/rate-limit"),
            Rate(60, per=MINUTE, source="https://finnhub.io/pricing"),
        ],
        dialects=(Dialect("x-ratelimit-remaining", "x-ratelimit-reset", "epoch"),),
        probe="/quote?symbol=AAPL",
    )

    @operation("safe", ttl=10)
    async def get_finnhub_quote(self, request: GetFinnhubQuote) -> FinnhubQuote:
        """Return the latest price of a US stock."""
        return await self.finnhub.get("/quote", request, read=companies.quote)

    @operation("safe", ttl=300)
    async def get_company_news(self, request: GetCompanyNews) -> News:
        """Return news of a company."""
        query: Query = {"symbol": request.symbol, "from": request.from_date, "to": request.to_date}
        return await self.finnhub.get("/company-news", request, query=query, read=companies.news)

    @operation("safe", ttl=60)
    async def get_market_news(self, request: GetMarketNews) -> News:
        """Return the latest news of the markets."""
        query = {"category": request.category, "minId": request.min_id}
        return await self.finnhub.get("/news", request, query=query, read=companies.news)

    @operation("safe", ttl=3600)
    async def search_finnhub_symbols(self, request: SearchFinnhubSymbols) -> FoundSymbols:
        """Return symbols that a search finds."""
        query: Query = {"q": request.query, "exchange": request.exchange}
        return await self.finnhub.get("/search", request, query=query)

    @operation("safe", ttl=3600)
    async def get_company_profile(self, request: GetCompanyProfile) -> CompanyProfile:
        """Return what a company is."""
        return await self.finnhub.get("/stock/profile2", request, read=companies.known)

    @operation("safe", ttl=3600)
    async def get_company_metrics(self, request: GetCompanyMetrics) -> CompanyMetrics:
        """Return ratios of a company."""
        query = {"symbol": request.symbol, "metric": "all"}
        return await self.finnhub.get("/stock/metric", request, query=query, read=companies.metrics)

    @operation("safe", ttl=3600)
    async def get_earnings_calendar(self, request: GetEarningsCalendar) -> EarningsCalendar:
        """Return when companies tell their earnings."""
        query: Query = {"from": request.from_date, "to": request.to_date, "symbol": request.symbol}
        return await self.finnhub.get("/calendar/earnings", request, query=query)

    @operation("safe", ttl=3600)
    async def get_recommendations(self, request: GetRecommendations) -> Recommendations:
        """Return what analysts recommend, by month."""
        path = "/stock/recommendation"
        return await self.finnhub.get(path, request, read=companies.months)

    @operation("safe", ttl=60)
    async def get_forex_rates(self, request: GetForexRates) -> ForexRates:
        """Return the rates of one currency in all others."""
        return await self.finnhub.get("/forex/rates", request)

    @operation("safe", ttl=3600)
    async def list_exchange_symbols(self, request: ListExchangeSymbols) -> ExchangeSymbols:
        """Return what is traded at an exchange."""
        query = {
            "exchange": request.exchange,
            "mic": request.mic,
            "securityType": request.security_type,
        }
        read = partial(companies.symbols, asked=request)
        return await self.finnhub.get("/stock/symbol", request, query=query, read=read)
