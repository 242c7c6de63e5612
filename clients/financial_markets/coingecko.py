"""CoinGecko: prices of coins, averaged over exchanges.

https://docs.coingecko.com/v3.0.1/reference/introduction
"""

from functools import partial

from clients._auth import FirstOf, Key, NoAuth
from clients._client import Client
from clients._limits import MINUTE, MONTH, Rate
from clients._operation import operation
from clients._target import commas
from clients._upstream import Upstream
from clients.financial_markets import coins
from contracts.financial_markets import (
    Coin,
    CoinCandles,
    CoinChart,
    CoinExchanges,
    CoinGlobal,
    CoinList,
    CoinMarkets,
    CoinPrices,
    CoinSearch,
    GetCoingeckoCoin,
    GetCoingeckoGlobal,
    GetCoingeckoMarketChart,
    GetCoingeckoMarkets,
    GetCoingeckoOhlc,
    GetCoingeckoPrices,
    GetCoingeckoTrending,
    ListCoingeckoCoins,
    ListCoingeckoExchanges,
    SearchCoingecko,
    Trending,
)

_LIMITS = "https://docs.coingecko.com/docs/errors-and-rate-limits"
_PLANS = "https://www.coingecko.com/en/api/pricing"


class CoinGecko(Client):
    """api.coingecko.com with a key of the Demo plan, or none.

    With COINGECKO_PRO_API_KEY alone set FINANCIAL_MARKETS_COINGECKO_URL to the host of the paid
    plans, https://pro-api.coingecko.com/api/v3, and FINANCIAL_MARKETS_COINGECKO_LIMIT.
    """

    coingecko = Upstream(
        "https://api.coingecko.com/api/v3",
        auth=FirstOf(
            (
                Key("x-cg-demo-api-key", ("COINGECKO_API_KEY",)),
                Key("x-cg-pro-api-key", ("COINGECKO_PRO_API_KEY",)),
                NoAuth(),
            )
        ),
        # without a key an address shares what is left: the vendor gives no number
        limits=[Rate(10, per=MINUTE, source=_LIMITS)],
        limits_with_key=[
            Rate(100, per=MINUTE, source=_LIMITS),
            Rate(10_000, per=MONTH, source=_PLANS),
        ],
        probe="/ping",
    )

    @operation("safe", ttl=60)
    async def get_coingecko_prices(self, request: GetCoingeckoPrices) -> CoinPrices:
        """Return what coins cost."""
        query = {
            "ids": commas(request.ids),
            "vs_currencies": commas(request.vs_currencies),
            "include_market_cap": True,
            "include_24hr_vol": True,
            "include_24hr_change": True,
            "include_last_updated_at": True,
        }
        read = partial(coins.prices, asked=request)
        return await self.coingecko.get("/simple/price", request, query=query, read=read)

    @operation("safe", ttl=60)
    async def get_coingecko_markets(self, request: GetCoingeckoMarkets) -> CoinMarkets:
        """Return a page of coins with their markets."""
        query = {**vars(request), "ids": commas(request.ids or ()), "sparkline": False}
        read = partial(coins.paged, asked=request, name="coins")
        return await self.coingecko.get("/coins/markets", request, query=query, read=read)

    @operation("safe", ttl=300)
    async def get_coingecko_coin(self, request: GetCoingeckoCoin) -> Coin:
        """Return one coin and its markets."""
        less = ("localization", "tickers", "community_data", "developer_data", "sparkline")
        query = dict.fromkeys(less, False)
        return await self.coingecko.get("/coins/{id}", request, query=query, read=coins.coin)

    @operation("safe", ttl=300)
    async def get_coingecko_market_chart(self, request: GetCoingeckoMarketChart) -> CoinChart:
        """Return price, market cap and volume over time."""
        return await self.coingecko.get("/coins/{id}/market_chart", request, read=coins.chart)

    @operation("safe", ttl=300)
    async def get_coingecko_ohlc(self, request: GetCoingeckoOhlc) -> CoinCandles:
        """Return candles."""
        return await self.coingecko.get("/coins/{id}/ohlc", request, read=coins.candles)

    @operation("safe", ttl=300)
    async def list_coingecko_coins(self, request: ListCoingeckoCoins) -> CoinList:
        """Return coins with their ids."""
        query = {"include_platform": request.include_platform}
        read = partial(coins.listed, asked=request)
        return await self.coingecko.get("/coins/list", request, query=query, read=read)

    @operation("safe", ttl=300)
    async def search_coingecko(self, request: SearchCoingecko) -> CoinSearch:
        """Return coins, exchanges and categories that a search finds."""
        return await self.coingecko.get("/search", request)

    @operation("safe", ttl=600)
    async def get_coingecko_trending(self, request: GetCoingeckoTrending) -> Trending:
        """Return which coins are searched for most."""
        return await self.coingecko.get("/search/trending", request, read=coins.trending)

    @operation("safe", ttl=600)
    async def get_coingecko_global(self, request: GetCoingeckoGlobal) -> CoinGlobal:
        """Return the market of all coins."""
        return await self.coingecko.get("/global", request, read=lambda raw: raw["data"])

    @operation("safe", ttl=300)
    async def list_coingecko_exchanges(self, request: ListCoingeckoExchanges) -> CoinExchanges:
        """Return a page of exchanges."""
        read = partial(coins.paged, asked=request, name="exchanges")
        return await self.coingecko.get("/exchanges", request, read=read)
