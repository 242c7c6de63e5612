"""CoinMarketCap: listings and quotes of coins, metered by credits.

https://coinmarketcap.com/api/documentation/v1/
"""

import math
from functools import partial

from clients._auth import Key
from clients._client import Client
from clients._limits import MINUTE, MONTH, Rate
from clients._operation import operation
from clients._target import Query, commas
from clients._upstream import Upstream
from clients.financial_markets import listings
from contracts.financial_markets import (
    Conversions,
    ConvertCryptoPrice,
    CryptoGlobal,
    CryptoInfos,
    CryptoListings,
    CryptoNames,
    CryptoQuotes,
    GetCryptoGlobal,
    GetCryptoInfo,
    GetCryptoListings,
    GetCryptoQuotes,
    ListCryptoIds,
    WhichCoins,
)

_LIMITS = "https://pro.coinmarketcap.com/api/documentation/guides/errors-and-rate-limits"
_PLANS = "https://coinmarketcap.com/api/pricing/"


def _credits(request: GetCryptoListings) -> float:
    """Return the credits of a listing: one for each 200 coins."""
    return math.ceil(request.limit / 200)


class CoinMarketCap(Client):
    """pro-api.coinmarketcap.com with the free plan: 30 calls a minute, 15,000 credits a month.

    A call's credits are taken from both; set FINANCIAL_MARKETS_COINMARKETCAP_LIMIT for another.
    """

    coinmarketcap = Upstream(
        "https://pro-api.coinmarketcap.com",
        auth=Key("X-CMC_PRO_API_KEY", ("COINMARKETCAP_API_KEY",)),
        limits=[
            Rate(30, per=MINUTE, source=_LIMITS),
            Rate(15_000, per=MONTH, source=_PLANS),
        ],
        probe="/v1/key/info",
    )

    @operation("safe", ttl=60, cost=_credits)
    async def get_crypto_listings(self, request: GetCryptoListings) -> CryptoListings:
        """Return a page of coins with quotes."""
        path, read = "/v1/cryptocurrency/listings/latest", partial(listings.page, asked=request)
        return await self.coinmarketcap.get(path, request, read=read)

    @operation("safe", ttl=60)
    async def get_crypto_quotes(self, request: GetCryptoQuotes) -> CryptoQuotes:
        """Return quotes of coins by id, symbol or slug."""
        query = {**_which(request), "convert": request.convert}
        path = "/v2/cryptocurrency/quotes/latest"
        return await self.coinmarketcap.get(path, request, query=query, read=listings.quotes)

    @operation("safe", ttl=3600)
    async def get_crypto_info(self, request: GetCryptoInfo) -> CryptoInfos:
        """Return what coins are, by id, symbol or slug."""
        path, query = "/v2/cryptocurrency/info", _which(request)
        return await self.coinmarketcap.get(path, request, query=query, read=listings.infos)

    @operation("safe", ttl=3600)
    async def list_crypto_ids(self, request: ListCryptoIds) -> CryptoNames:
        """Return coins' numbers and names, of some symbols or a page of all."""
        symbols = commas(request.symbols or ())
        page = {"start": request.start, "limit": request.limit}
        query: Query = {"symbol": symbols} if symbols else page
        read = partial(listings.names, asked=request)
        path = "/v1/cryptocurrency/map"
        return await self.coinmarketcap.get(path, request, query=query, read=read)

    @operation("safe", ttl=300)
    async def get_crypto_global(self, request: GetCryptoGlobal) -> CryptoGlobal:
        """Return the market of all coins."""
        path = "/v1/global-metrics/quotes/latest"
        return await self.coinmarketcap.get(path, request, read=listings.overall)

    @operation("safe", ttl=60)
    async def convert_crypto_price(self, request: ConvertCryptoPrice) -> Conversions:
        """Return an amount of a coin in another currency."""
        path = "/v2/tools/price-conversion"
        return await self.coinmarketcap.get(path, request, read=listings.conversions)


def _which(request: WhichCoins) -> Query:
    return {
        "id": commas(request.ids or ()),
        "symbol": commas(request.symbols or ()),
        "slug": commas(request.slugs or ()),
    }
