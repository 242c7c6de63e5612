from datetime import UTC, date, datetime
from typing import Any

import pytest

from clients.space_weather import records
from contracts.space_weather import GetNeoFeed, GetSolarFlares, NeoFeed

FIRST, LAST = date(2024, 5, 1), date(2024, 5, 31)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ({}, None, None),
        ({"start_date": FIRST, "end_date": FIRST}, FIRST, FIRST),
        ({"start_date": FIRST}, FIRST, LAST),
        ({"end_date": LAST}, FIRST, LAST),
    ],
)
def test_an_open_range_is_closed_as_far_away_as_it_may_be(
    asked: dict[str, date], start: date | None, end: date | None
) -> None:
    assert records.days(GetSolarFlares(**asked)) == {"startDate": start, "endDate": end}


def test_a_feed_names_its_days_otherwise_and_has_seven() -> None:
    found = records.days(GetNeoFeed(end_date=date(2015, 9, 8)), "start_date", "end_date")
    assert found == {"start_date": date(2015, 9, 1), "end_date": date(2015, 9, 8)}


@pytest.mark.parametrize("nothing", [None, []])
def test_no_records_are_an_empty_list(nothing: object) -> None:
    assert records.events(nothing) == {"results": []}


def test_names_and_ids_are_plain_text_and_null_stays_for_the_contract() -> None:
    raw = {
        "instruments": [{"displayName": "ACE: MAG"}],
        "linkedEvents": [{"activityID": "2016-03-11T12:00:00-GST-001"}],
        "sentNotifications": None,
    }
    assert records.events([raw, {"linkedEvents": None}])["results"] == [
        {
            "instruments": ["ACE: MAG"],
            "linkedEvents": ["2016-03-11T12:00:00-GST-001"],
            "sentNotifications": None,
        },
        {"linkedEvents": None},
    ]


def asteroid(name: str, milliseconds: int) -> dict[str, Any]:
    return {
        "links": {"self": f"http://api.nasa.gov/neo/{name}?api_key=secret-canary"},
        "id": name,
        "name": name,
        "absolute_magnitude_h": 20.4,
        "estimated_diameter": {
            "meters": {"estimated_diameter_min": 1.5, "estimated_diameter_max": 3.5}
        },
        "is_potentially_hazardous_asteroid": False,
        "close_approach_data": [
            {
                "epoch_date_close_approach": milliseconds,
                "relative_velocity": {"kilometers_per_second": "18.1"},
                "miss_distance": {"lunar": "10.4", "kilometers": "4027962.69"},
                "orbiting_body": "Earth",
            }
        ],
    }


def test_a_feed_is_in_the_order_of_passages_with_numbers_and_without_our_key() -> None:
    raw = {
        "links": {"self": "http://api.nasa.gov/feed?api_key=secret-canary"},
        "element_count": 3,
        "near_earth_objects": {
            "2015-09-08": [asteroid("c", 1441744080000), asteroid("b", 1441670000000)],
            "2015-09-07": [asteroid("a", 1441598280000)],
        },
    }
    found = NeoFeed.model_validate(records.feed(raw))
    assert [one.name for one in found.objects] == ["a", "b", "c"]
    passage = found.objects[0].close_approaches[0]
    assert passage.time == datetime(2015, 9, 7, 3, 58, tzinfo=UTC)
    assert (passage.speed_km_s, passage.miss_distance_km) == (18.1, 4027962.69)
    assert (found.objects[0].diameter_min_m, found.objects[0].diameter_max_m) == (1.5, 3.5)
    assert "secret-canary" not in found.model_dump_json()


def test_an_object_without_a_size_and_from_long_ago_is_read() -> None:
    old = asteroid("old", -2177879400000)
    del old["estimated_diameter"]
    raw = {"element_count": 1, "near_earth_objects": {"1900-12-27": [old]}}
    (found,) = NeoFeed.model_validate(records.feed(raw)).objects
    assert found.diameter_min_m is None
    assert found.close_approaches[0].time.year == 1900


@pytest.mark.parametrize(
    ("number", "pages", "following"), [(0, 3, 1), (1, 3, 2), (2, 3, None), (0, 1, None)]
)
def test_the_last_page_has_no_next(number: int, pages: int, following: int | None) -> None:
    raw = {
        "page": {"number": number, "total_pages": pages, "total_elements": 60},
        "near_earth_objects": [],
    }
    assert records.page(raw)["next_page"] == following
