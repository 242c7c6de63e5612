from typing import Any

import pytest

from clients.space_weather import tables

Rows = list[dict[str, Any]]

OBJECTS = [
    {"time_tag": "2026-07-31T00:00:00", "Kp": 1.33, "a_running": 5, "station_count": 8},
    {"time_tag": "2026-07-31T03:00:00", "Kp": 5.67, "a_running": 18, "station_count": 7},
]
ARRAYS = [
    ["time_tag", "Kp", "a_running", "station_count"],
    ["2026-07-31T00:00:00", 1.33, 5, 8],
    ["2026-07-31T03:00:00", 5.67, 18, 7],
]


def wind_row(time: str, source: str, *, active: bool, speed: float = 400.0) -> dict[str, Any]:
    return {"time_tag": time, "source": source, "active": active, "proton_speed": speed}


NEWEST_FIRST = [
    wind_row("2026-08-07T01:24:02", "IMAP", active=False),
    wind_row("2026-08-07T01:24:00", "SOLAR1", active=True),
    wind_row("2026-08-07T01:23:00", "SOLAR1", active=True),
    wind_row("2026-08-07T00:10:00", "SOLAR1", active=True),
    wind_row("2026-08-06T01:24:00", "ACE", active=False),
]


def times(found: dict[str, Any]) -> list[str]:
    return [one["time_tag"] for one in found["samples"]]


def test_arrays_of_arrays_and_of_objects_are_the_same_rows() -> None:
    assert tables.samples(ARRAYS) == tables.samples(OBJECTS)


def test_the_two_spellings_of_kp_are_one() -> None:
    assert [row["kp"] for row in tables.samples(OBJECTS)["samples"]] == [1.33, 5.67]


@pytest.mark.parametrize("rows", [[], [["time_tag", "Kp"]]])
def test_a_file_without_rows_is_no_error(rows: list[Any]) -> None:
    assert tables.samples(rows) == {"samples": []}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", None),
        ("None", None),
        ("NaN", None),
        ("Unk", None),
        ("3.67", "3.67"),
        (-999.9, None),
        (-9999, None),
        (-99999.0, None),
        (-998.0, -998.0),
        (0.0, 0.0),
        (False, False),
        (None, None),
    ],
)
def test_what_means_no_value_is_null_and_zero_is_not(written: object, read: object) -> None:
    found = tables.samples([{"time_tag": "2026-08-07T01:24:00Z", "flux": written}])
    assert found["samples"][0]["flux"] == read


@pytest.mark.parametrize(
    "order",
    [
        ["2026-08-07T01:00:00", "2026-08-07 02:00:00.000", "2026-08-07T03:00:00Z"],
        ["2026-08-07T03:00:00Z", "2026-08-07 02:00:00.000", "2026-08-07T01:00:00"],
        ["2026-08-07 02:00:00.000", "2026-08-07T01:00:00", "2026-08-07T03:00:00Z"],
    ],
)
def test_rows_are_oldest_first_however_they_come_and_write_time(order: list[str]) -> None:
    found = tables.samples([{"time_tag": time} for time in order])
    hours = [tables.moment(row).hour for row in found["samples"]]
    assert hours == [1, 2, 3]


def test_one_energy_can_be_chosen() -> None:
    rows = [
        {"time_tag": "2026-08-07T01:24:00Z", "energy": energy}
        for energy in (">=1 MeV", ">=10 MeV", ">=100 MeV")
    ]
    found = tables.samples(rows, energy=">=10 MeV")
    assert [row["energy"] for row in found["samples"]] == [">=10 MeV"]


@pytest.mark.parametrize(
    ("wanted", "count"), [("active", 3), ("all", 4), ("ACE", 1), ("imap", 1), ("DSCOVR", 0)]
)
def test_wind_is_of_the_wanted_spacecraft(wanted: str, count: int) -> None:
    assert len(tables.wind(NEWEST_FIRST, wanted, "1-day")["samples"]) == count


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("5-minute", ["2026-08-07T01:23:00", "2026-08-07T01:24:00"]),
        ("1-hour", ["2026-08-07T01:23:00", "2026-08-07T01:24:00"]),
        ("2-hour", ["2026-08-07T00:10:00", "2026-08-07T01:23:00", "2026-08-07T01:24:00"]),
        ("1-day", ["2026-08-07T00:10:00", "2026-08-07T01:23:00", "2026-08-07T01:24:00"]),
    ],
)
def test_the_period_counts_back_from_the_newest_chosen_row(
    period: str, expected: list[str]
) -> None:
    assert times(tables.wind(NEWEST_FIRST, "active", period)) == expected


def test_an_inactive_spacecraft_has_its_own_newest_row() -> None:
    assert times(tables.wind(NEWEST_FIRST, "ACE", "5-minute")) == ["2026-08-06T01:24:00"]


def test_every_spacecraft_is_told_with_its_newest_row() -> None:
    found = tables.wind(NEWEST_FIRST, "ACE", "1-hour")["spacecraft"]
    assert found == [
        {"name": "ACE", "active": False, "newest": "2026-08-06T01:24:00"},
        {"name": "IMAP", "active": False, "newest": "2026-08-07T01:24:02"},
        {"name": "SOLAR1", "active": True, "newest": "2026-08-07T01:24:00"},
    ]


def test_with_none_active_the_spacecraft_say_why_there_are_no_samples() -> None:
    rows = [{**row, "active": False} for row in NEWEST_FIRST]
    found = tables.wind(rows, "active", "1-day")
    assert found["samples"] == []
    assert [one["active"] for one in found["spacecraft"]] == [False, False, False]


def test_the_retired_product_reads_as_its_successor() -> None:
    legacy = [
        ["time_tag", "density", "speed", "temperature"],
        ["2026-06-06 22:08:00.000", "0.39", "574.6", "2000"],
    ]
    found = tables.wind(legacy, "active", "1-day")
    assert found["samples"][0]["proton_speed"] == "574.6"
    assert found["spacecraft"] == []


def test_scales_are_named_by_the_day_they_are_of() -> None:
    stamp = {"DateStamp": "2026-06-13", "TimeStamp": "22:07:00"}
    raw = {"2": stamp, "0": stamp, "-1": stamp, "1": {**stamp, "DateStamp": "2026-06-14"}}
    found = tables.scales(raw)
    assert [day["time"] for day in found["forecast"]] == [
        "2026-06-14T22:07:00",
        "2026-06-13T22:07:00",
    ]


def test_alerts_are_newest_first_with_plain_line_ends_and_their_code() -> None:
    raw = [
        {"issue_datetime": "2026-06-13 01:27:47.840", "message": "no code"},
        {
            "issue_datetime": "2026-06-13 21:01:31.343",
            "message": "Space Weather Message Code: ALTK04\r\nComment: \r\n\n\r\nEnd\r",
        },
    ]
    first, second = tables.alerts(raw)["alerts"]
    assert first["code"] == "ALTK04"
    assert first["message"] == "Space Weather Message Code: ALTK04\nComment: \n\n\nEnd"
    assert second["code"] is None


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {"error": "gone"},
        "text",
        [1, 2],
        [{"no": "time"}],
        [{"time_tag": "yesterday"}],
        [{"time_tag": None}],
        [["time_tag", "kp"], ["2026-07-31T00:00:00"]],
    ],
)
def test_what_is_no_table_is_refused(raw: object) -> None:
    with pytest.raises((TypeError, ValueError, LookupError, AttributeError)):
        tables.samples(raw)
