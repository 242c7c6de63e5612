"""CoinMarketCap: listings and quotes of coins, metered by credits.

https://coinmarketcap.com/api/documentation/v1/
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Contract, Request, Result
from contracts._types import Utc
from contracts.financial_markets.values import Currency

CryptoId = Annotated[int, Field(ge=1, le=100_000_000)]
"""CoinMarketCap's number of a coin: Bitcoin is 1."""

Symbol = Annotated[str, Field(pattern=r"^[A-Za-z0-9$@._-]{1,40}$", max_length=40, examples=["BTC"])]
"""A coin's symbol; several coins share one: ids are certain."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,120}$", max_length=120, examples=["bitcoin"])]
"""A coin's name in addresses."""


class WhichCoins(Contract):
    """Coins by id, by symbol or by slug: one of them."""

    ids: Annotated[list[CryptoId], Field(min_length=1, max_length=100)] | None = None
    symbols: Annotated[list[Symbol], Field(min_length=1, max_length=100)] | None = None
    slugs: Annotated[list[Slug], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(one is not None for one in (self.ids, self.symbols, self.slugs)) != 1:
            raise ValueError("give ids, symbols or slugs: one of them")
        return self


class CryptoQuote(Result):
    """A market in one currency; money in that currency, changes in percent."""

    currency: str
    price: float | None
    volume_24h: float | None = None
    percent_change_1h: float | None = None
    percent_change_24h: float | None = None
    percent_change_7d: float | None = None
    percent_change_30d: float | None = None
    market_cap: float | None = None
    market_cap_dominance: float | None = None
    fully_diluted_market_cap: float | None = None
    last_updated: Utc | None = None


class Crypto(Result):
    """A coin with its quotes."""

    id: int
    name: str
    symbol: str
    slug: str | None = None
    cmc_rank: int | None = None
    num_market_pairs: int | None = None
    circulating_supply: float | None = None
    total_supply: float | None = None
    max_supply: float | None = None
    date_added: Utc | None = None
    last_updated: Utc | None = None
    quotes: list[CryptoQuote]


class CryptoListings(Result):
    """A page of coins."""

    coins: list[Crypto]
    total: int | None
    next_start: int | None
    """`start` of the next page; None at the end."""


class GetCryptoListings(Request[CryptoListings]):
    """List coins with quotes. One credit for each 200."""

    start: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """The first is 1: `next_start` of the page before."""
    limit: Annotated[int, Field(ge=1, le=5000)] = 100
    convert: Currency = "USD"
    sort: Literal["market_cap", "name", "symbol", "date_added", "price", "volume_24h"] = (
        "market_cap"
    )
    sort_dir: Literal["asc", "desc"] | None = None


class CryptoQuotes(Result):
    """Coins with quotes; of a shared symbol all coins."""

    coins: list[Crypto]


class GetCryptoQuotes(WhichCoins, Request[CryptoQuotes]):
    """Return quotes of coins. One credit for each 100."""

    convert: Currency = "USD"


class CryptoInfo(Result):
    """What a coin is."""

    id: int
    name: str
    symbol: str
    slug: str | None = None
    category: str | None = None
    description: str | None = None
    logo: str | None = None
    urls: dict[str, list[str]] = Field(default_factory=dict)
    """By kind: ``website``, ``source_code``."""
    tags: list[str] = Field(default_factory=list)
    date_added: Utc | None = None


class CryptoInfos(Result):
    """What coins are; of a shared symbol all coins."""

    coins: list[CryptoInfo]


class GetCryptoInfo(WhichCoins, Request[CryptoInfos]):
    """Return what coins are. One credit for each 100."""


class CryptoName(Result):
    """A coin's number and names."""

    id: int
    name: str
    symbol: str
    slug: str
    rank: int | None = None
    is_active: bool | None = None


class CryptoNames(Result):
    """A page of numbers and names."""

    coins: list[CryptoName]
    next_start: int | None
    """`start` of the next page; None where this one was not full."""


class ListCryptoIds(Request[CryptoNames]):
    """Find coins' numbers, by symbol or all. One credit."""

    symbols: Annotated[list[Symbol], Field(min_length=1, max_length=100)] | None = None
    start: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000


class GlobalQuote(Result):
    """All coins together, in one currency."""

    currency: str
    total_market_cap: float | None
    total_volume_24h: float | None = None
    altcoin_market_cap: float | None = None
    last_updated: Utc | None = None


class CryptoGlobal(Result):
    """The market of all coins."""

    active_cryptocurrencies: int
    active_exchanges: int | None = None
    active_market_pairs: int | None = None
    btc_dominance: float | None = None
    """Percent."""
    eth_dominance: float | None = None
    """Percent."""
    quotes: list[GlobalQuote]


class GetCryptoGlobal(Request[CryptoGlobal]):
    """Return the market of all coins. One credit."""

    convert: Currency = "USD"


class Conversion(Result):
    """An amount of one coin or currency in another."""

    id: int
    symbol: str
    name: str
    amount: float
    last_updated: Utc | None = None
    quotes: list[CryptoQuote]
    """`price` is of the whole amount."""


class Conversions(Result):
    """One conversion; of a shared symbol one for each coin."""

    conversions: list[Conversion]


class ConvertCryptoPrice(Request[Conversions]):
    """Convert an amount at the latest price. One credit."""

    amount: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
    id: CryptoId | None = None
    symbol: Symbol | None = None
    convert: Currency = "USD"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.id is None) is (self.symbol is None):
            raise ValueError("give either id or symbol")
        return self
