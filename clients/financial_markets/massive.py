"""Massive, once Polygon.io: US stocks, currencies and coins, trade by trade.

https://massive.com/docs/rest/quickstart
"""

from clients._auth import Bearer
from clients._client import Client
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients.financial_markets import bars
from contracts.financial_markets import (
    Bars,
    Dividends,
    GetPolygonAggregates,
    GetPolygonMarketStatus,
    GetPolygonNews,
    GetPolygonOpenClose,
    GetPolygonPreviousClose,
    GetPolygonQuote,
    GetPolygonTicker,
    ListPolygonDividends,
    ListPolygonTickers,
    ListPolygonTrades,
    OpenClose,
    PolygonMarketStatus,
    PolygonNews,
    Snapshot,
    TickerDetails,
    Tickers,
    Trades,
)

_LIMITS = (
    "https://massive.com/knowledge-base/article/what-is-the-request-limit-for-polygons-restful-apis"
)


class Massive(Client):
    """api.massive.com with a free key: 5 calls a minute.

    The operations keep Polygon's name, which the platform knows. With a paid plan, up to 100 a
    second: set FINANCIAL_MARKETS_MASSIVE_LIMIT.
    """

    massive = Upstream(
        "https://api.massive.com",
        auth=Bearer("POLYGON_API_KEY", "MASSIVE_API_KEY"),
        limits=[Rate(5, per=MINUTE, source=_LIMITS)],
        probe="/v1/marketstatus/now",
    )

    @operation("safe", ttl=10)
    async def get_polygon_quote(self, request: GetPolygonQuote) -> Snapshot:
        """Return a US stock as it stands now."""
        path = "/v2/snapshot/locale/us/markets/stocks/tickers/{ticker}"
        return await self.massive.get(path, request, read=bars.snapshot)

    @operation("safe", ttl=60)
    async def get_polygon_aggregates(self, request: GetPolygonAggregates) -> Bars:
        """Return a ticker in spans of time, a page of them."""
        path = bars.path_of(request)
        query: Query = {"adjusted": request.adjusted, "sort": request.sort, "limit": request.limit}
        if request.cursor is not None:
            query = {"cursor": request.cursor.partition("~")[2]}
        return await self.massive.get(path, request, query=query, read=bars.spans)

    @operation("safe", ttl=300)
    async def get_polygon_previous_close(self, request: GetPolygonPreviousClose) -> Bars:
        """Return a ticker's last whole day."""
        path = "/v2/aggs/ticker/{ticker}/prev"
        return await self.massive.get(path, request, read=bars.spans)

    @operation("safe", ttl=3600)
    async def list_polygon_tickers(self, request: ListPolygonTickers) -> Tickers:
        """Return a page of tickers."""
        return await self.massive.get(
            "/v3/reference/tickers",
            request,
            query=bars.page_of(request),
            read=bars.paged("tickers"),
        )

    @operation("safe", ttl=3600)
    async def get_polygon_ticker(self, request: GetPolygonTicker) -> TickerDetails:
        """Return what a ticker stands for."""
        path, query = "/v3/reference/tickers/{ticker}", {"date": request.day}
        return await self.massive.get(path, request, query=query, read=lambda raw: raw["results"])

    @operation("safe", ttl=10)
    async def list_polygon_trades(self, request: ListPolygonTrades) -> Trades:
        """Return a page of trades."""
        asked = {
            "timestamp.gte": bars.nanoseconds(request.begin),
            "timestamp.lt": bars.nanoseconds(request.end),
            "order": request.order,
            "limit": request.limit,
        }
        query = asked if request.cursor is None else {"cursor": request.cursor}
        return await self.massive.get("/v3/trades/{ticker}", request, query=query, read=bars.trades)

    @operation("safe", ttl=3600)
    async def get_polygon_open_close(self, request: GetPolygonOpenClose) -> OpenClose:
        """Return one day of a ticker."""
        return await self.massive.get("/v1/open-close/{ticker}/{day}", request)

    @operation("safe", ttl=300)
    async def get_polygon_news(self, request: GetPolygonNews) -> PolygonNews:
        """Return a page of news."""
        query = bars.page_of(request)
        query["published_utc.gte"] = query.pop("since", None)
        return await self.massive.get(
            "/v2/reference/news", request, query=query, read=bars.paged("articles")
        )

    @operation("safe", ttl=3600)
    async def list_polygon_dividends(self, request: ListPolygonDividends) -> Dividends:
        """Return a page of dividends."""
        return await self.massive.get(
            "/v3/reference/dividends",
            request,
            query=bars.page_of(request),
            read=bars.paged("dividends"),
        )

    @operation("safe", ttl=60)
    async def get_polygon_market_status(
        self, request: GetPolygonMarketStatus
    ) -> PolygonMarketStatus:
        """Return which markets are open now."""
        return await self.massive.get("/v1/marketstatus/now", request)
