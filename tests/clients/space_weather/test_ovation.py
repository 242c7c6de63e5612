import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.space_weather import ovation
from contracts.space_weather import GetAuroraForecast
from contracts.space_weather.geomagnetic import AuroraCell

GLOBE = {
    "Observation Time": "2026-08-07T01:21:00Z",
    "Forecast Time": "2026-08-07T02:55:00Z",
    "coordinates": [[lon, lat, abs(lat)] for lon in range(360) for lat in range(-90, 91)],
}


def cells(**asked: float) -> list[AuroraCell]:
    found: list[AuroraCell] = ovation.forecast(GLOBE, GetAuroraForecast(**asked))["cells"]
    return found


@pytest.mark.parametrize(
    ("lat", "lon", "cell"),
    [
        (0.0, 0.0, (0, 0)),
        (69.4, 20.2, (69, 20)),
        (-0.4, -0.4, (0, 0)),
        (64.9, -147.6, (65, -148)),
        (90.0, 180.0, (90, -180)),
        (-90.0, -180.0, (-90, -180)),
        (12.0, 179.6, (12, -180)),
    ],
)
def test_a_point_is_its_nearest_cell(lat: float, lon: float, cell: tuple[int, int]) -> None:
    (only,) = cells(lat=lat, lon=lon)
    assert only[:2] == cell


def test_a_point_has_its_cell_however_small_the_value() -> None:
    assert cells(lat=0, lon=0) == [(0, 0, 0)]


def test_a_box_has_its_cells_from_the_south_west() -> None:
    found = [cell[:2] for cell in cells(south=60, north=61, west=-1, east=1)]
    assert found == [(60, -1), (60, 0), (60, 1), (61, -1), (61, 0), (61, 1)]


def test_a_box_may_cross_the_180th_meridian() -> None:
    found = {lon for _, lon, _ in cells(south=60, north=60, west=178, east=-178)}
    assert found == {178, 179, -180, -179, -178}


def test_the_180th_meridian_is_in_a_box_that_ends_there() -> None:
    assert {lon for _, lon, _ in cells(south=60, north=60, west=179, east=180)} == {179, -180}


def test_small_values_are_left_out_and_none_with_minimum_zero() -> None:
    assert min(aurora for *_, aurora in cells()) == 5
    assert len(cells(minimum=0)) == 360 * 181


@settings(max_examples=20, deadline=None)
@given(
    south=st.integers(-90, 90),
    north=st.integers(-90, 90),
    west=st.integers(-180, 179),
    width=st.integers(0, 40),
)
def test_no_cell_lies_outside_its_box(south: int, north: int, west: int, width: int) -> None:
    south, north = min(south, north), max(south, north)
    east = (west + width + 180) % 360 - 180
    found = cells(south=south, north=north, west=west, east=east, minimum=0)
    assert len(found) == (north - south + 1) * (width + 1)
    assert all((lon - west) % 360 <= width for _, lon, _ in found)


def test_a_map_without_the_cell_is_refused() -> None:
    with pytest.raises(LookupError):
        ovation.forecast({**GLOBE, "coordinates": []}, GetAuroraForecast(lat=1, lon=1))
