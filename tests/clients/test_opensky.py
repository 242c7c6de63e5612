"""What is special to OpenSky: credits, three buckets, rows by position, and 404 for nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from clients._environment import Environment
from clients._http import HttpResponse
from clients._limits import Bucket
from clients._signals import retry_after, seen
from clients.opensky import OpenSky
from contracts import BadUpstreamReply, InvalidRequest, NotConfigured, Result, UpstreamRejected
from contracts._reading import read_request
from contracts.opensky import Flights, States, Track
from tests.support.kit import (
    TOKEN,
    Playback,
    Script,
    apart,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
)

SAMPLES: Final = Path(__file__).parents[3] / "shared" / "samples" / "opensky"
BOX: Final[dict[str, Any]] = {"south": 0.0, "west": 0.0, "north": 5.0, "east": 5.0}
DAY: Final = {"begin": "2018-01-29T00:00:00Z", "end": "2018-01-29T23:00:00Z"}
TWO: Final = {"begin": "2018-01-29T12:00:00Z", "end": "2018-01-31T12:00:00Z"}


def opensky(*answers: Any, env: Environment | None = None) -> tuple[OpenSky, Script]:  # noqa: ANN401
    script = Script(*answers)
    return OpenSky(kit_for(OpenSky, apart(OpenSky, script), env=env)), script


async def replay(name: str) -> Result:
    one = recording(OpenSky, name)
    client, _ = opensky(Playback(one, OpenSky, environment_of(OpenSky)))
    return await perform(client, one.operation, **one.params)


COSTS: Final[list[tuple[str, dict[str, Any], float]]] = [
    ("get_states", BOX, 1),
    ("get_states", BOX | {"south": 5.0}, 1),
    ("get_states", BOX | {"east": 5.01}, 2),
    ("get_states", BOX | {"north": 10, "east": 10}, 2),
    ("get_states", BOX | {"north": 10, "east": 10.1}, 3),
    ("get_states", BOX | {"north": 20, "east": 20}, 3),
    ("get_states", BOX | {"north": 20, "east": 20.1}, 4),
    ("get_states", {}, 4),
    ("get_states", {"icao24": ["3c6444"]}, 4),
    ("get_flights", {"begin": DAY["begin"], "end": DAY["begin"]}, 4),
    ("get_aircraft_flights", {"icao24": "3c675a", **DAY}, 4),
    ("get_aircraft_flights", {"icao24": "3c675a", **TWO}, 30),
    ("get_arrivals", {"airport": "EDDF", **TWO}, 30),
    ("get_departures", {"airport": "EDDF", **DAY}, 4),
    ("get_track", {"icao24": "3c675a"}, 4),
    ("get_track", {"icao24": "3c675a", "time": DAY["begin"]}, 30),
]


@pytest.mark.parametrize(("operation", "params", "credits_"), COSTS)
def test_credits(operation: str, params: dict[str, Any], credits_: float) -> None:
    facts = OpenSky.operations[operation]
    assert facts.cost(read_request(facts.request, params)) == credits_


async def test_a_box_at_0_0_is_a_box() -> None:
    client, script = opensky(reply({"time": 0, "states": []}))
    await perform(client, "get_states", **(BOX | {"north": 0.0, "east": 0.0}))
    assert "lamin=0.0&lomin=0.0&lamax=0.0&lomax=0.0" in script.sent[0].url


BAD: Final[list[tuple[str, dict[str, Any]]]] = [
    ("get_states", {"south": 0.0, "north": 1.0}),
    ("get_states", BOX | {"south": 6.0}),
    ("get_states", BOX | {"west": 179.0, "east": -179.0}),
    ("get_states", {"icao24": ["3c644"]}),
    ("get_flights", DAY),
    ("get_flights", {"begin": TWO["end"], "end": TWO["begin"]}),
    ("get_arrivals", {"airport": "EDDF", **TWO, "end": "2018-01-31T12:00:01Z"}),
    ("get_arrivals", {"airport": "edd/", **DAY}),
]


@pytest.mark.parametrize(("operation", "params"), BAD)
def test_what_the_vendor_would_refuse_never_leaves(operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        read_request(OpenSky.operations[operation].request, params)


async def test_rows_are_aircraft() -> None:
    found = await replay("get_states.success")
    assert isinstance(found, States)
    assert found.total == 2
    ground, air = found.states
    assert (ground.callsign, ground.baro_altitude_m, ground.on_ground) == (None, None, True)
    assert ground.category == "Service vehicle"
    assert (air.callsign, air.squawk, air.position_source) == ("ECA2HL", "1071", "ADS-B")
    assert (air.baro_altitude_m, air.geo_altitude_m) == (12500.8, 12733.02)
    assert (air.latitude, air.longitude, air.vertical_rate_m_s) == (52.4561, 5.5217, 0)
    assert air.last_contact == datetime(2023, 8, 5, 14, 8, 53, tzinfo=UTC)
    assert air.category is None


async def test_rows_without_a_category_and_no_rows_at_all() -> None:
    plain, none = await replay("get_states.plain"), await replay("get_own_states.plain")
    assert isinstance(plain, States)
    assert isinstance(none, States)
    assert [one.category for one in plain.states] == [None, None]
    assert (none.states, none.total) == ([], 0)


async def test_what_a_limit_leaves_out_is_counted() -> None:
    row = recording(OpenSky, "get_states.success").exchanges[0].response.body["states"][1]
    client, _ = opensky(reply({"time": 1, "states": [row] * 7}))
    found = await perform(client, "get_states", limit=2)
    assert isinstance(found, States)
    assert (len(found.states), found.total) == (2, 7)


@pytest.mark.parametrize("row", [[], ["4846df"], "text", None, {"icao24": "4846df"}])
async def test_a_row_of_another_shape_is_told(row: object) -> None:
    client, _ = opensky(reply({"time": 1, "states": [row]}))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "get_states")


@pytest.mark.parametrize("name", ["get_track.success", "get_track.past"])
async def test_a_track_has_points(name: str) -> None:
    found = await replay(name)
    assert isinstance(found, Track)
    assert found.callsign == "DLH401"
    assert found.start_time == datetime(2018, 1, 29, 9, 9, 21, tzinfo=UTC)
    first, *_, last = found.path
    assert (first.on_ground, first.baro_altitude_m, first.true_track_deg) == (True, 0, 70)
    assert (last.latitude, last.longitude) == (None, None)


@pytest.mark.parametrize(
    "operation", ["get_flights", "get_aircraft_flights", "get_arrivals", "get_departures"]
)
async def test_an_empty_404_is_no_flight(operation: str) -> None:
    found, none = await replay(f"{operation}.success"), await replay(f"{operation}.none")
    assert isinstance(found, Flights)
    assert found.flights[0].callsign == "DLH5KV"
    assert none == Flights(flights=[])


async def test_a_404_that_says_something_is_a_refusal() -> None:
    client, _ = opensky(reply({"message": "no such path"}, 404))
    with pytest.raises(UpstreamRejected, match="no such path"):
        await perform(client, "get_flights", begin=DAY["begin"], end=DAY["begin"])


async def test_without_a_key_it_asks_anonymously_but_not_for_own_states() -> None:
    client, script = opensky(lambda _: reply({"time": 1, "states": None}), env=Environment({}))
    await perform(client, "get_states")
    assert "Authorization" not in dict(script.sent[0].headers)
    with pytest.raises(NotConfigured, match="OPENSKY_CLIENT_ID"):
        await perform(client, "get_own_states")


async def test_one_token_for_all() -> None:
    asked: list[HttpResponse] = []

    def answer(_: object) -> HttpResponse:
        asked.append(reply({"access_token": TOKEN, "expires_in": 1800}))
        return asked[-1]

    tokens = Script(answer)
    states = Script(lambda _: reply({"time": 1, "states": None}))
    flights = Script(lambda _: reply([]))
    ways = {"login": tokens, "states": states, "own": states, "flights": flights}
    client = OpenSky(kit_for(OpenSky, ways.__getitem__))
    await perform(client, "get_states")
    await perform(client, "get_own_states")
    await perform(client, "get_flights", begin=DAY["begin"], end=DAY["begin"])
    assert len(asked) == 1
    sent = [*states.sent, *flights.sent]
    assert {dict(one.headers)["Authorization"] for one in sent} == {f"Bearer {TOKEN}"}
    assert tokens.sent[0].url.endswith("/opensky-network/protocol/openid-connect/token")


@pytest.mark.parametrize("upstream", ["states", "flights", "tracks"])
def test_a_key_buys_more_credits(upstream: str) -> None:
    facts = OpenSky.upstreams[upstream]
    assert str(facts.allowed(Environment({}))) == "60/m, 400/d"
    assert str(facts.allowed(environment_of(OpenSky))) == "60/m, 4000/d"


def test_its_headers_are_heard() -> None:
    facts = OpenSky.upstreams["states"]
    headers = {"x-rate-limit-remaining": "3", "x-rate-limit-retry-after-seconds": "77"}
    assert retry_after(headers, 0.0, facts.retry_after) == 77
    bucket = Bucket(facts.allowed(Environment({})).rates)
    (said,) = seen(facts.dialects, headers, 0.0)
    bucket.observe(0.0, said)
    assert bucket.wait(0.0, 4) == pytest.approx(60)
    assert bucket.wait(0.0, 3) == 0


@pytest.mark.parametrize("name", ["states_all.reencoded", "states_all.reencoded.no-category"])
async def test_the_samples_read(name: str) -> None:
    path = SAMPLES / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"the samples are not beside the repository: {SAMPLES}")
    client, _ = opensky(reply(json.loads(path.read_text())))
    found = await perform(client, "get_states")
    assert isinstance(found, States)
    assert [one.icao24 for one in found.states] == ["4846df", "3e3d01"]
