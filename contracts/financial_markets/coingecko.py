"""CoinGecko: prices of coins, averaged over exchanges.

https://docs.coingecko.com/v3.0.1/reference/introduction
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import MaybeFloat, MaybeInt, Utc
from contracts.financial_markets.values import Currency, Page, Words

CoinId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]{1,120}$", max_length=120, examples=["bitcoin"])
]
"""CoinGecko's id of a coin, as `search_coingecko` finds it: ``bitcoin``, not ``BTC``."""

CoinIds = Annotated[list[CoinId], Field(min_length=1, max_length=250)]


class CoinPrice(Result):
    """What one coin costs in one currency."""

    id: str
    currency: str
    """In lower case."""
    price: float | None
    market_cap: float | None = None
    volume_24h: float | None = None
    change_24h_percent: float | None = None
    updated_at: Utc | None = None


class CoinPrices(Result):
    """Prices; coins that CoinGecko does not know are left out."""

    prices: list[CoinPrice]


class GetCoingeckoPrices(Request[CoinPrices]):
    """Return what coins cost."""

    ids: CoinIds
    vs_currencies: Annotated[list[Currency], Field(min_length=1, max_length=50)] = ["usd"]


class MarketCoin(Result):
    """A coin as the market lists show it; money in the currency asked for."""

    id: str
    symbol: str
    name: str
    market_cap_rank: int | None = None
    current_price: float | None
    market_cap: float | None = None
    total_volume: float | None = None
    """Of 24 hours."""
    high_24h: float | None = None
    low_24h: float | None = None
    price_change_percentage_24h: float | None = None
    circulating_supply: float | None = None
    total_supply: float | None = None
    max_supply: float | None = None
    ath: float | None = None
    """The highest price of all time."""
    ath_date: Utc | None = None
    last_updated: Utc | None = None


class CoinMarkets(Result):
    """A page of coins."""

    coins: list[MarketCoin]
    next_page: int | None
    """None where this page was not full."""


class GetCoingeckoMarkets(Request[CoinMarkets]):
    """List coins with their markets."""

    vs_currency: Currency = "usd"
    ids: CoinIds | None = None
    """Only these."""
    category: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,80}$", max_length=80)] | None = None
    """Only of this category: ``layer-1``."""
    order: Literal[
        "market_cap_desc", "market_cap_asc", "volume_desc", "volume_asc", "id_asc", "id_desc"
    ] = "market_cap_desc"
    per_page: Annotated[int, Field(ge=1, le=250)] = 100
    page: Page = 1


class Coin(Result):
    """A coin: what it is, and its market by currency."""

    id: str
    symbol: str
    name: str
    description: str = ""
    """English; may have HTML in it."""
    categories: list[str] = Field(default_factory=list)
    homepage: str | None = None
    genesis_date: str | None = None
    hashing_algorithm: str | None = None
    market_cap_rank: int | None = None
    prices: dict[str, float]
    """By currency, in lower case."""
    market_caps: dict[str, float]
    volumes_24h: dict[str, float]
    change_24h_percent: float | None = None
    circulating_supply: float | None = None
    max_supply: float | None = None
    last_updated: Utc | None = None


class GetCoingeckoCoin(Request[Coin]):
    """Return one coin."""

    id: CoinId


class ChartPoint(Result):
    """A coin at one moment; money in the currency asked for."""

    time: Utc
    price: float | None
    market_cap: float | None = None
    volume_24h: float | None = None


class CoinChart(Result):
    """How a coin went, oldest first."""

    points: list[ChartPoint]


class GetCoingeckoMarketChart(Request[CoinChart]):
    """Return price, market cap and volume over time: every 5 minutes of 1 day, hourly to 90."""

    id: CoinId
    vs_currency: Currency = "usd"
    days: Annotated[int, Field(ge=1, le=20_000)] = 1
    """Back from now; the Demo plan reaches 365."""
    interval: Literal["hourly", "daily"] | None = None
    """Without, by the number of days; ``hourly`` needs a paid plan."""


class Candle(Result):
    """One candle; money in the currency asked for."""

    time: Utc
    """Its end."""
    open: float
    high: float
    low: float
    close: float


class CoinCandles(Result):
    """Candles, oldest first."""

    candles: list[Candle]


class GetCoingeckoOhlc(Request[CoinCandles]):
    """Return candles: of 30 minutes to 2 days, of 4 hours to 30, of 4 days beyond."""

    id: CoinId
    vs_currency: Currency = "usd"
    days: Literal[1, 7, 14, 30, 90, 180, 365] = Field(1, json_schema_extra={"maximum": 365})


class ListedCoin(Result):
    """A coin's names."""

    id: str
    symbol: str
    name: str
    platforms: dict[str, str | None] = Field(default_factory=dict)
    """The contract's address by chain, where that was asked for."""


class CoinList(Result):
    """Coins by name: the vendor answers all at once, of which this is a part."""

    coins: list[ListedCoin]
    total: int
    next_offset: int | None


class ListCoingeckoCoins(Request[CoinList]):
    """List coins with their ids, some 17,000."""

    symbol: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """Only coins of this symbol; several share one."""
    include_platform: bool = False
    limit: Annotated[int, Field(ge=1, le=20_000)] = 500
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class FoundCoin(Result):
    """A coin that a search found."""

    id: str
    name: str
    symbol: str
    market_cap_rank: int | None = None


class FoundName(Result):
    """An exchange or a category that a search found."""

    id: str | int
    name: str


class CoinSearch(Result):
    """What a search found, the largest first."""

    coins: list[FoundCoin]
    exchanges: list[FoundName]
    categories: list[FoundName]


class SearchCoingecko(Request[CoinSearch]):
    """Search coins, exchanges and categories."""

    query: Words


class TrendingCoin(Result):
    """A coin that many search for."""

    id: str
    name: str
    symbol: str
    market_cap_rank: int | None = None
    price_btc: float | None = None
    price_usd: MaybeFloat = None
    change_24h_percent_usd: float | None = None


class Trending(Result):
    """What was searched for most in 24 hours."""

    coins: list[TrendingCoin]


class GetCoingeckoTrending(Request[Trending]):
    """Return which coins are searched for most."""


class CoinGlobal(Result):
    """All coins together; by currency in lower case."""

    active_cryptocurrencies: int
    markets: int
    total_market_cap: dict[str, float]
    total_volume: dict[str, float]
    market_cap_percentage: dict[str, float]
    """Of the largest coins, by symbol."""
    market_cap_change_percentage_24h_usd: float | None = None
    updated_at: Utc


class GetCoingeckoGlobal(Request[CoinGlobal]):
    """Return the market of all coins."""


class CoinExchange(Result):
    """An exchange."""

    id: str
    name: str
    country: str | None = None
    year_established: int | None = None
    url: str | None = None
    trust_score: MaybeInt = None
    trust_score_rank: int | None = None
    trade_volume_24h_btc: float | None = None


class CoinExchanges(Result):
    """A page of exchanges, the most trusted first."""

    exchanges: list[CoinExchange]
    next_page: int | None
    """None where this page was not full."""


class ListCoingeckoExchanges(Request[CoinExchanges]):
    """List exchanges."""

    per_page: Annotated[int, Field(ge=1, le=250)] = 100
    page: Page = 1
