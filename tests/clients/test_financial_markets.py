"""What is special to the markets: refusals in a 200, quotas, odd shapes, unknown symbols."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

import pytest

from clients import _recordings
from clients._environment import Environment
from clients._http import HttpRequest, HttpResponse
from clients._recordings import Recording
from clients.financial_markets import FinancialMarkets
from contracts import (
    Failure,
    InvalidRequest,
    Result,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
)
from contracts._reading import read_request
from contracts.financial_markets import (
    Bars,
    Coin,
    CoinCandles,
    CoinChart,
    CoinList,
    CoinMarkets,
    CoinPrices,
    CompanyMetrics,
    CompanyOverview,
    Conversions,
    CryptoGlobal,
    CryptoListings,
    CryptoNames,
    CryptoQuotes,
    DayBars,
    ExchangeRate,
    ExchangeSymbols,
    FinnhubQuote,
    MinuteBars,
    NewsSentiment,
    Observations,
    PolygonNews,
    Series,
    SeriesPage,
    Snapshot,
    StockQuote,
    SymbolMatches,
    Tickers,
    Trades,
    Trending,
)
from tests.support.clock import QuickClock
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, recording, reply
from tests.support.oracle import SPECS, Oracle

FILE: Final = "financial-coingecko/demo-api.json"
COINGECKO: Final = [
    one
    for one in _recordings.load("financial_markets")
    if {exchange.upstream for exchange in one.exchanges} == {"coingecko"}
]


def markets(*answers: Any, env: Environment | None = None) -> tuple[FinancialMarkets, Script]:  # noqa: ANN401
    script = Script(*answers)
    return FinancialMarkets(kit_for(FinancialMarkets, script, env=env, clock=QuickClock())), script


async def replay(name: str) -> Result:
    one = recording(FinancialMarkets, name)
    playback = Playback(one, FinancialMarkets, environment_of(FinancialMarkets))
    client, _ = markets(playback)
    return await perform(client, one.operation, **one.params)


async def answered(operation: str, body: object, **params: Any) -> Result:  # noqa: ANN401
    client, _ = markets(reply(body))
    return await perform(client, operation, **params)


LIMITS: Final = {
    "coingecko": "100/m, 10000/mo",
    "coinmarketcap": "30/m, 15000/mo",
    "alpha_vantage": "1/1.5s, 25/d",
    "finnhub": "30/s, 60/m",
    "massive": "5/m",
    "fred": "120/m",
}


@pytest.mark.parametrize("upstream", LIMITS)
def test_quotas(upstream: str) -> None:
    facts = FinancialMarkets.upstreams[upstream]
    assert str(facts.allowed(environment_of(FinancialMarkets))) == LIMITS[upstream]


KEYS: Final[list[tuple[str, str | None]]] = [
    ("COINGECKO_API_KEY", "x-cg-demo-api-key"),
    ("COINGECKO_PRO_API_KEY", "x-cg-pro-api-key"),
    ("OTHER", None),
]


@pytest.mark.parametrize(("variable", "header"), KEYS)
async def test_coingecko_needs_no_key(variable: str, header: str | None) -> None:
    client, script = markets(reply({}), env=Environment({variable: "secret"}))
    await perform(client, "get_coingecko_prices", ids=["bitcoin"])
    assert [name for name, _ in script.sent[0].headers if "key" in name] == [header] * bool(header)


@pytest.mark.parametrize("name", ["POLYGON_API_KEY", "MASSIVE_API_KEY"])
async def test_either_name_of_massives_key_will_do(name: str) -> None:
    body = recording(FinancialMarkets, "get_polygon_market_status.success").exchanges[0]
    client, script = markets(reply(body.response.body), env=Environment({name: "secret"}))
    await perform(client, "get_polygon_market_status")
    assert ("Authorization", "Bearer secret") in script.sent[0].headers


@pytest.mark.parametrize(("limit", "credits_"), [(1, 1), (200, 1), (201, 2), (5000, 25)])
def test_a_listing_costs_by_its_length(limit: int, credits_: float) -> None:
    facts = FinancialMarkets.operations["get_crypto_listings"]
    assert facts.cost(read_request(facts.request, {"limit": limit})) == credits_


def _status(code: int | str, **more: object) -> dict[str, object]:
    said = {"timestamp": "2026-10-01T22:30:15.000Z", "error_code": code, "error_message": "no"}
    return {"status": {**said, **more}}


PACE: Final = (
    "Please consider spreading out your free API requests more sparingly (1 request per second). "
    "You may subscribe to a premium plan to lift the free key rate limit (25 requests per day)."
)
OLD: Final = "Our standard API call frequency is 5 calls per minute and 500 calls per day."
QUOTA: Final = "Our standard API rate limit is 25 requests per day."
THROTTLED: Final[list[tuple[object, int, float | None]]] = [
    ({"Information": PACE}, 200, 2),
    ({"Note": OLD}, 200, 60),
    ({"Information": QUOTA}, 200, 3600),
    (_status(1008), 429, 60),
    (_status("1008"), 200, 60),
    (_status(1009), 429, 5385),
    (_status(1010), 429, 86_400),
    (_status(1011), 429, 60),
    (_status(429), 200, 60),
    ({"error_code": 429, "error_message": "Too Many Requests."}, 429, 60),
]


@pytest.mark.parametrize(("body", "status", "pause"), THROTTLED)
def test_too_many_in_each_vendors_words(body: object, status: int, pause: float) -> None:
    client, _ = markets()
    failure = client.refusal(reply(body, status))
    assert isinstance(failure, UpstreamThrottled)
    assert failure.facts.retry_after == pause


def test_a_header_tells_better_when_to_come_again() -> None:
    client, _ = markets()
    failure = client.refusal(reply(_status(1008), 429, retry_after="9"))
    assert isinstance(failure, UpstreamThrottled)
    assert failure.facts.retry_after is None


REFUSED: Final[list[tuple[object, int, type[Failure]]]] = [
    ({"Error Message": "the parameter apikey is invalid or missing."}, 200, UpstreamUnauthorized),
    ({"Error Message": "Invalid API call."}, 200, UpstreamRejected),
    ({"Information": "The **demo** API key is for demo only."}, 200, UpstreamUnauthorized),
    ({"Information": "This is a premium endpoint."}, 200, UpstreamRejected),
    ({"Information": "Invalid inputs."}, 200, UpstreamRejected),
    (_status(1001), 200, UpstreamUnauthorized),
    (_status(1006), 403, UpstreamRejected),
    (_status(400), 400, UpstreamRejected),
    (_status(10005), 403, UpstreamRejected),
    ({"error_code": 10011, "status": {"error_message": "root URL"}}, 400, UpstreamUnauthorized),
    ({"error_code": 400, "error_message": "api_key is not registered"}, 400, UpstreamUnauthorized),
    ({"error_code": 400, "error_message": "no such series"}, 400, UpstreamRejected),
    ({"error": {"status": {"error_code": 10012, "error_message": "range"}}}, 401, UpstreamRejected),
    ({"status": "ERROR", "error": "what?"}, 200, UpstreamRejected),
]


@pytest.mark.parametrize(("body", "status", "kind"), REFUSED)
def test_no_in_each_vendors_words(body: object, status: int, kind: type[Failure]) -> None:
    client, _ = markets()
    assert type(client.refusal(reply(body, status))) is kind


HONEST: Final[list[object]] = [
    {},
    [],
    _status(0),
    _status("0"),
    _status(500),
    _status("many"),
    {"status": {"error_code": None}},
    {"status": "DELAYED"},
    {"Note": 7, "Information": ["x"]},
    b'{"Note": broken',
    b'{"Information": "' + b"x" * 9000 + b'"}',
    b"<html>",
]


@pytest.mark.parametrize("body", HONEST)
def test_what_is_no_refusal(body: object) -> None:
    client, _ = markets()
    assert client.refusal(reply(body)) is None


async def test_a_vendors_words_are_kept() -> None:
    client, _ = markets(reply(_status(400, error_message='Invalid value for "id"'), 400))
    with pytest.raises(UpstreamRejected, match='400 Invalid value for "id"'):
        await perform(client, "get_crypto_quotes", ids=[999])


BAD: Final[list[tuple[str, dict[str, Any]]]] = [
    ("get_crypto_quotes", {}),
    ("get_crypto_quotes", {"ids": [1], "symbols": ["BTC"]}),
    ("get_crypto_info", {"ids": []}),
    ("convert_crypto_price", {"amount": 1}),
    ("convert_crypto_price", {"amount": 1, "id": 1, "symbol": "BTC"}),
    ("convert_crypto_price", {"amount": 0, "id": 1}),
    ("get_coingecko_ohlc", {"id": "bitcoin", "days": 2}),
    ("get_coingecko_coin", {"id": "a/b"}),
    ("get_polygon_aggregates", {"ticker": "AAPL"}),
    (
        "get_polygon_aggregates",
        {"ticker": "AAPL", "from_date": "2024-01-02", "to_date": "2024-01-01"},
    ),
    (
        "get_polygon_aggregates",
        {
            "ticker": "AAPL",
            "from_date": "2024-01-02",
            "to_date": "2024-01-03",
            "cursor": "../x~y",
        },
    ),
    ("get_company_news", {"symbol": "X", "from_date": "2024-01-02", "to_date": "2024-01-01"}),
    ("get_stock_quote", {"symbol": "A&apikey=x"}),
]


@pytest.mark.parametrize(("operation", "params"), BAD)
def test_what_makes_no_sense_never_leaves(operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        read_request(FinancialMarkets.operations[operation].request, params)


async def exchanges(one: Recording) -> list[tuple[HttpRequest, HttpResponse]]:
    log: list[tuple[HttpRequest, HttpResponse]] = []
    playback = Playback(one, FinancialMarkets, environment_of(FinancialMarkets))

    def answer(request: HttpRequest) -> HttpResponse:
        log.append((request, playback(request)))
        return log[-1][1]

    client, _ = markets(answer)
    with suppress(Failure):  # the conformance suite looks at these
        await perform(client, one.operation, **one.params)
    return log


@cache
def coingecko() -> Oracle:
    """The vendor's file, of what we call: elsewhere its defaults are of the wrong type."""
    path = SPECS / FILE
    if not path.is_file():
        pytest.skip(f"{FILE} is not beside the repository")
    document = json.loads(path.read_text(encoding="utf-8"))
    own = {one.origin.ref.partition("#")[2] for one in COINGECKO}
    every = document["paths"].items()
    paths = {path: one for path, one in every if one["get"]["operationId"] in own}
    return Oracle({**document, "paths": paths})


class TestCoinGecko:
    @pytest.mark.parametrize("one", COINGECKO, ids=lambda one: one.name)
    async def test_the_vendors_file_agrees(self, one: Recording) -> None:
        for request, response in await exchanges(one):
            coingecko().judge(request, response)

    @pytest.mark.parametrize(
        "one",
        [one for one in COINGECKO if one.origin.kind == "openapi"],
        ids=lambda one: one.name,
    )
    def test_examples_are_the_vendors(self, one: Recording) -> None:
        operation = one.origin.ref.partition("#")[2]
        paths = coingecko().document["paths"].values()
        found = next(o for path in paths for o in path.values() if o["operationId"] == operation)
        said = found["responses"]["200"]["content"]["application/json"]
        examples = [one["value"] for one in said.get("examples", {}).values()]
        assert one.exchanges[0].response.body in [*examples, said.get("example")]

    async def test_prices_by_coin_and_currency(self) -> None:
        body = {"bitcoin": {"usd": 2.0, "usd_24h_change": -1.5, "eur": None}, "ether": {"usd": 1}}
        ids = ["bitcoin", "ether", "none"]
        found = await answered("get_coingecko_prices", body, ids=ids, vs_currencies=["USD", "EUR"])
        assert isinstance(found, CoinPrices)
        assert [(one.id, one.currency, one.price) for one in found.prices] == [
            ("bitcoin", "usd", 2.0),
            ("bitcoin", "eur", None),
            ("ether", "usd", 1),
        ]
        assert found.prices[0].change_24h_percent == -1.5

    @pytest.mark.parametrize(("per_page", "following"), [(1, 4), (2, None)])
    async def test_a_full_page_may_have_another(self, per_page: int, following: int | None) -> None:
        row = {"id": "x", "symbol": "x", "name": "X", "current_price": None}
        found = await answered("get_coingecko_markets", [row], page=3, per_page=per_page)
        assert isinstance(found, CoinMarkets)
        assert found.next_page == following

    async def test_a_chart_is_one_series(self) -> None:
        body = {"prices": [[1000, 1.5], [2000, None]], "market_caps": [[1000, 7]]}
        body["total_volumes"] = [[2000, 8]]
        found = await answered("get_coingecko_market_chart", body, id="x")
        assert isinstance(found, CoinChart)
        assert [(one.price, one.market_cap, one.volume_24h) for one in found.points] == [
            (1.5, 7, None),
            (None, None, 8),
        ]

    async def test_candles_have_names(self) -> None:
        found = await replay("get_coingecko_ohlc.success")
        assert isinstance(found, CoinCandles)
        first = found.candles[0]
        assert first.time == datetime(2026, 5, 19, 14, 0, tzinfo=UTC)
        assert (first.open, first.high, first.low, first.close) == (76769, 76889, 76744, 76818)

    async def test_a_coin_of_which_little_is_known(self) -> None:
        body = {"id": "x", "symbol": "x", "name": "X", "links": {"homepage": ["", "https://x.y"]}}
        found = await answered("get_coingecko_coin", body, id="x")
        assert isinstance(found, Coin)
        assert (found.homepage, found.prices, found.description) == ("https://x.y", {}, "")

    async def test_a_part_of_all_coins(self) -> None:
        rows = [{"id": str(at), "symbol": "aB"[at % 2], "name": "X"} for at in range(6)]
        some = await answered("list_coingecko_coins", rows, limit=4)
        rest = await answered("list_coingecko_coins", rows, symbol="b", offset=1)
        assert isinstance(some, CoinList)
        assert isinstance(rest, CoinList)
        assert (len(some.coins), some.total, some.next_offset) == (4, 6, 4)
        assert ([one.id for one in rest.coins], rest.next_offset) == (["3", "5"], None)

    async def test_a_trend_has_its_price(self) -> None:
        found = await replay("get_coingecko_trending.success")
        assert isinstance(found, Trending)
        assert found.coins[0].price_usd == pytest.approx(5.938674704566297e-06)
        assert found.coins[0].change_24h_percent_usd == pytest.approx(-3.2712597)


class TestCoinMarketCap:
    @pytest.mark.parametrize(("name", "ids"), [("success", [1, 30938]), ("ids", [1])])
    async def test_coins_by_symbol_and_by_id(self, name: str, ids: list[int]) -> None:
        found = await replay(f"get_crypto_quotes.{name}")
        assert isinstance(found, CryptoQuotes)
        assert [one.id for one in found.coins] == ids
        assert (found.coins[0].quotes[0].currency, found.coins[0].quotes[0].price) == (
            "USD",
            61000.5,
        )

    async def test_quotes_in_a_list(self) -> None:
        coin = {"id": 1, "name": "B", "symbol": "B", "quote": [{"symbol": "USD", "price": 2.0}]}
        found = await answered("get_crypto_quotes", {"data": [coin]}, ids=[1])
        assert isinstance(found, CryptoQuotes)
        assert found.coins[0].quotes[0].currency == "USD"

    @pytest.mark.parametrize(
        ("total", "limit", "following"), [(9, 1, 6), (None, 1, 6), (5, 1, None), (9, 2, None)]
    )
    async def test_pages(self, total: int | None, limit: int, following: int | None) -> None:
        coin = {"id": 1, "name": "B", "symbol": "B", "quote": {}}
        body = {"status": {"error_code": 0, "total_count": total}, "data": [coin]}
        found = await answered("get_crypto_listings", body, start=5, limit=limit)
        assert isinstance(found, CryptoListings)
        assert found.next_start == following

    async def test_numbers_by_symbol_are_one_page(self) -> None:
        row = {"id": 1, "name": "B", "symbol": "B", "slug": "b"}
        page = await answered("list_crypto_ids", {"data": [row]}, start=3, limit=1)
        some = await answered("list_crypto_ids", {"data": [row]}, symbols=["B"], limit=1)
        assert isinstance(page, CryptoNames)
        assert isinstance(some, CryptoNames)
        assert (page.next_start, some.next_start) == (4, None)

    async def test_one_conversion_or_several(self) -> None:
        found = await replay("get_crypto_global.success")
        assert isinstance(found, CryptoGlobal)
        assert found.quotes[0].total_market_cap == 2.1e12
        one = {"id": 1, "name": "B", "symbol": "B", "amount": 1, "quote": {"USD": {"price": 2}}}
        for data in (one, [one]):
            amount = await answered("convert_crypto_price", {"data": data}, amount=1, id=1)
            assert isinstance(amount, Conversions)
            assert amount.conversions[0].quotes[0].price == 2


class TestAlphaVantage:
    async def test_a_quote_of_numbered_texts(self) -> None:
        found = await replay("get_stock_quote.success")
        assert isinstance(found, StockQuote)
        assert (found.price, found.volume, found.change_percent) == (283.25, 3456789, 0.9804)
        assert found.latest_trading_day == date(2026, 9, 30)

    @pytest.mark.parametrize(
        ("operation", "body"),
        [("get_stock_quote", {"Global Quote": {}}), ("get_company_overview", {})],
    )
    async def test_nothing_is_no_such_symbol(self, operation: str, body: object) -> None:
        with pytest.raises(UpstreamRejected, match="knows nothing"):
            await answered(operation, body, symbol="NOSUCH")

    async def test_days_of_stocks_and_currencies(self) -> None:
        stocks, money = (
            await replay("get_stock_daily.success"),
            await replay("get_forex_daily.success"),
        )
        assert isinstance(stocks, DayBars)
        assert isinstance(money, DayBars)
        assert (stocks.bars[0].day, stocks.bars[0].volume) == (date(2026, 9, 30), 3456789)
        assert (stocks.time_zone, money.bars[0].volume) == ("US/Eastern", None)

    async def test_minutes_are_moments(self) -> None:
        found = await replay("get_stock_intraday.success")
        assert isinstance(found, MinuteBars)
        assert found.bars[0].time == datetime(2026, 9, 30, 23, 55, tzinfo=UTC)

    async def test_what_is_found(self) -> None:
        found = await replay("search_symbols.success")
        assert isinstance(found, SymbolMatches)
        assert (found.matches[0].time_zone, found.matches[0].match_score) == ("UTC+01", 0.7273)

    async def test_a_rate_without_an_ask(self) -> None:
        found = await replay("get_forex_rate.success")
        assert isinstance(found, ExchangeRate)
        assert (found.rate, found.bid, found.ask) == (147.5, 147.495, None)
        assert found.last_refreshed == datetime(2026, 10, 1, 12, 30, 1, tzinfo=UTC)

    async def test_a_rate_on_another_clock_is_told(self) -> None:
        body = recording(FinancialMarkets, "get_forex_rate.success").exchanges[0].response.body
        said = body["Realtime Currency Exchange Rate"] | {"7. Time Zone": "US/Eastern"}
        with pytest.raises(Failure, match="not in UTC"):
            await answered(
                "get_forex_rate",
                {"Realtime Currency Exchange Rate": said},
                from_currency="USD",
                to_currency="JPY",
            )

    async def test_a_ratio_that_is_none(self) -> None:
        found = await replay("get_company_overview.success")
        assert isinstance(found, CompanyOverview)
        assert (found.beta, found.low_52_weeks, found.high_52_weeks) == (None, None, 294.5)

    async def test_news_have_moments(self) -> None:
        found = await replay("get_news_sentiment.success")
        assert isinstance(found, NewsSentiment)
        (one,) = found.articles
        assert one.time_published == datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
        assert one.ticker_sentiment[0].relevance_score == 0.51

    async def test_a_spent_day_is_told(self) -> None:
        with pytest.raises(UpstreamThrottled, match="25 requests per day") as caught:
            await answered("get_market_status", {"Information": QUOTA})
        assert caught.value.facts.retry_after == 3600


class TestFinnhub:
    async def test_a_quote(self) -> None:
        found = await replay("get_finnhub_quote.success")
        assert isinstance(found, FinnhubQuote)
        assert (found.current, found.previous_close) == (261.74, 261.46)
        assert found.time.tzinfo is UTC

    async def test_ratios_without_their_series(self) -> None:
        found = await replay("get_company_metrics.success")
        assert isinstance(found, CompanyMetrics)
        assert found.metrics["52WeekHighDate"] == "2026-01-15"
        assert not found.model_extra

    async def test_a_part_of_an_exchange(self) -> None:
        found = await replay("list_exchange_symbols.success")
        assert isinstance(found, ExchangeSymbols)
        assert (len(found.symbols), found.total, found.next_offset) == (1, 2, 1)


class TestMassive:
    async def test_a_cursor_has_the_moment_at_which_its_page_begins(self) -> None:
        first, last = (
            await replay("get_polygon_aggregates.success"),
            await replay("get_polygon_aggregates.cursor"),
        )
        assert isinstance(first, Bars)
        assert isinstance(last, Bars)
        cursor = recording(FinancialMarkets, "get_polygon_aggregates.cursor").params["cursor"]
        assert first.next_cursor == cursor
        assert first.bars[0].time == datetime(2020, 1, 2, 5, 0, tzinfo=UTC)
        assert (last.bars, last.next_cursor) == ([], None)

    async def test_pages(self) -> None:
        first, last = (
            await replay("list_polygon_tickers.success"),
            await replay("list_polygon_tickers.cursor"),
        )
        assert isinstance(first, Tickers)
        assert isinstance(last, Tickers)
        assert (first.next_cursor, last.next_cursor, last.tickers) == ("YWN0aXZlPXRydWU", None, [])

    @pytest.mark.parametrize("operation", ["list_polygon_trades", "get_polygon_news"])
    async def test_a_cursor_stands_for_all_the_rest(self, operation: str) -> None:
        client, script = markets(reply({"status": "OK"}))
        found = await perform(client, operation, ticker="AAPL", limit=5, cursor="abc")
        assert isinstance(found, Trades | PolygonNews)
        assert script.sent[0].url.endswith("?cursor=abc")

    async def test_trades_by_the_nanosecond(self) -> None:
        found = await replay("list_polygon_trades.success")
        assert isinstance(found, Trades)
        assert found.trades[0].time == datetime(2020, 11, 12, 15, 45, 18, 306274, tzinfo=UTC)

    async def test_a_snapshot(self) -> None:
        found = await replay("get_polygon_quote.success")
        assert isinstance(found, Snapshot)
        assert found.minute
        assert found.minute.time == datetime(2023, 5, 18, 16, 52, tzinfo=UTC)
        assert (found.last_price, found.previous_day.close) == (120.47, 119.49)

    @pytest.mark.parametrize("minute", [None, {"t": 0, "o": 0}])
    async def test_a_snapshot_before_the_first_trade(self, minute: object) -> None:
        said = {"ticker": "X", "day": {}, "prevDay": {}, "min": minute, "updated": 0}
        found = await answered("get_polygon_quote", {"ticker": said}, ticker="X")
        assert isinstance(found, Snapshot)
        assert (found.minute is None) is (minute is None)
        assert (found.updated, found.last_price) == (None, None)


class TestFred:
    async def test_a_point_is_no_value(self) -> None:
        found = await replay("get_fred_observations.success")
        assert isinstance(found, Observations)
        assert [one.value for one in found.observations] == [1202.659, None]
        assert (found.count, found.next_offset) == (97, 2)

    async def test_a_zone_without_minutes(self) -> None:
        found = await replay("get_fred_series.success")
        assert isinstance(found, Series)
        assert found.last_updated == datetime(2026, 3, 27, 12, 52, 2, tzinfo=UTC)

    @pytest.mark.parametrize(("offset", "following"), [(0, 1), (31, None)])
    async def test_pages(self, offset: int, following: int | None) -> None:
        body = recording(FinancialMarkets, "search_fred_series.success").exchanges[0].response.body
        found = await answered("search_fred_series", body, text="x", offset=offset)
        assert isinstance(found, SeriesPage)
        assert found.next_offset == following

    async def test_json_is_asked_for(self) -> None:
        client, script = markets(reply({"categories": []}))
        await perform(client, "list_fred_categories")
        assert "file_type=json" in script.sent[0].url
