"""Boxes, and the 180th meridian that may run through one, at each upstream in its own way."""

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from clients._http import HttpRequest
from clients.earth_science import EarthScience, places
from contracts.earth_science.places import Box
from tests.support.kit import Script, kit_for, perform, reply

FIJI: Final[dict[str, Any]] = {"south": -20.0, "west": 177.0, "north": -16.0, "east": -178.0}
NULL_ISLAND: Final[dict[str, Any]] = {"south": 0.0, "west": 0.0, "north": 0.0, "east": 0.0}


def query(request: HttpRequest) -> dict[str, str]:
    return {name: text for name, (text,) in parse_qs(urlsplit(request.url).query).items()}


async def ask(operation: str, *answers: Any, **params: Any) -> tuple[dict[str, Any], Script]:  # noqa: ANN401
    script = Script(*answers)
    client = EarthScience(kit_for(EarthScience, script))
    return (await perform(client, operation, **params)).model_dump(mode="json"), script


def test_a_box_is_one_two_or_none() -> None:
    assert places.sides(Box()) == []
    assert places.sides(Box(**NULL_ISLAND)) == [places.Sides(0.0, 0.0, 0.0, 0.0)]
    assert places.sides(Box(**FIJI)) == [
        places.Sides(-20.0, 177.0, -16.0, 180.0),
        places.Sides(-20.0, -180.0, -16.0, -178.0),
    ]


@pytest.mark.parametrize(
    ("longitude", "here"), [(178.0, True), (180.0, True), (-179.0, True), (0.0, False)]
)
def test_a_point_lies_on_one_side_or_not_at_all(longitude: float, here: bool) -> None:
    assert places.inside(Box(**FIJI), -18.0, longitude) is here
    assert not places.inside(Box(**FIJI), 18.0, longitude)
    assert places.inside(Box(), 18.0, longitude)


async def test_earthquakes_take_longitudes_beyond_180() -> None:
    _, script = await ask("get_earthquakes", reply({"features": []}), **FIJI)
    asked = query(script.sent[0])
    assert (asked["minlongitude"], asked["maxlongitude"]) == ("177.0", "182.0")


async def test_zero_is_a_place() -> None:
    _, script = await ask(
        "get_earthquakes", reply({"features": []}), lat=0.0, lon=0.0, radius_km=10
    )
    asked = query(script.sent[0])
    assert (asked["latitude"], asked["longitude"], asked["maxradiuskm"]) == ("0.0", "0.0", "10.0")


async def test_flood_gauges_of_both_sides_are_one_list() -> None:
    def gauge(lid: str) -> dict[str, Any]:
        return {"lid": lid, "name": lid, "latitude": -18.0, "longitude": 180.0}

    answers = (
        reply({"gauges": [gauge("AAAA1"), gauge("BBBB1")]}),
        reply({"gauges": [gauge("AAAA1")]}),
    )
    found, script = await ask("get_flood_gauges", *answers, **FIJI)
    assert [one["id"] for one in found["gauges"]] == ["AAAA1", "BBBB1"]
    assert [query(one)["bbox.xmin"] for one in script.sent] == ["177.0", "-180.0"]


def event(number: int, day: int) -> dict[str, Any]:
    at = {"date": f"2026-01-{day:02}T00:00:00Z", "type": "Point", "coordinates": [0, 0]}
    one = {"id": f"EONET_{number}", "title": "", "categories": [{"id": "floods"}]}
    return {**one, "geometry": [at]}


async def test_natural_events_of_both_sides_are_one_list_newest_first() -> None:
    answers = (
        reply({"events": [event(1, 3), event(2, 1)]}),
        reply({"events": [event(1, 3), event(3, 2)]}),
    )
    found, script = await ask("get_natural_events", *answers, **FIJI, limit=2)
    assert [one["id"] for one in found["events"]] == ["EONET_1", "EONET_3"]
    assert [query(one)["bbox"] for one in script.sent] == [
        "177.0,-16.0,180.0,-20.0",
        "-180.0,-16.0,-178.0,-20.0",
    ]


async def test_pages_of_water_go_from_one_side_to_the_other() -> None:
    cursor: str | None = None
    asked: list[dict[str, str]] = []
    href = "https://api.waterdata.usgs.gov/ogcapi/v0/collections/x/items?limit=1&{}"
    for link in ("cursor=a%26b%3D1", None, "offset=1", None):
        links = [{"rel": "next", "href": href.format(link)}] if link else []
        more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        body = reply({"features": [], "links": links})
        found, script = await ask("get_latest_water", body, **FIJI, **more)
        asked.append(query(script.sent[0]))
        cursor = found["next_cursor"]
    assert cursor is None
    east, west = "177.0,-20.0,180.0,-16.0", "-180.0,-20.0,-178.0,-16.0"
    assert [one["bbox"] for one in asked] == [east, east, west, west]
    assert [one.get("cursor") for one in asked] == [None, "a&b=1", None, None]
    assert asked[-1]["offset"] == "1"


async def test_seismic_events_of_both_sides_are_one_list() -> None:
    def rows(*days: int) -> str:
        names = "#EventID|Time|Latitude|Longitude|Depth/km|Magnitude"
        return "\n".join([names, *(f"{day}|2026-01-{day:02}T00:00:00|-18|180||5" for day in days)])

    answers = (reply(rows(1, 3)), reply(rows(2, 3)))
    found, script = await ask("get_seismic_events", *answers, **FIJI, start_time="2026-01-01")
    assert [one["id"] for one in found["events"]] == ["3", "2", "1"]
    assert query(script.sent[1])["minlongitude"] == "-180.0"
