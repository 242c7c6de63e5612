"""Markets: coins, stocks, currencies, the economy.

Each vendor has its file: address, key, limits and probe on top, its operations below.
https://docs.coingecko.com https://coinmarketcap.com/api https://www.alphavantage.co
https://finnhub.io https://massive.com https://fred.stlouisfed.org
"""

from clients._http import HttpResponse
from clients.financial_markets import (
    alpha_vantage,
    coingecko,
    coinmarketcap,
    finnhub,
    fred,
    massive,
    refusals,
)
from contracts import Failure


class FinancialMarkets(
    coingecko.CoinGecko,
    coinmarketcap.CoinMarketCap,
    alpha_vantage.AlphaVantage,
    finnhub.Finnhub,
    massive.Massive,
    fred.Fred,
):
    """Six vendors of market data, each with a key and a quota of its own.

    CoinGecko alone also answers without a key.
    """

    def refusal(self, response: HttpResponse) -> Failure | None:
        """A refusal may be in a 200, in each vendor's own shape."""
        return refusals.read(response)
