"""SWPC's operations, from parameters to the wire and from rows to results."""

from typing import Any

import pytest

from clients.space_weather import SpaceWeather
from contracts.space_weather import SolarWind, SolarWindMag, XrayFlux
from tests.support.kit import Script, kit_for, perform, recording, reply, target_of

WIND = "/json/rtsw/rtsw_wind_1m.json"
MAG = "/json/rtsw/rtsw_mag_1m.json"


@pytest.mark.parametrize(
    ("operation", "params", "target"),
    [
        ("get_kp_index", {}, "/products/noaa-planetary-k-index.json"),
        ("get_kp_forecast", {}, "/products/noaa-planetary-k-index-forecast.json"),
        ("get_estimated_kp", {}, "/json/planetary_k_index_1m.json"),
        ("get_solar_wind", {"period": "5-minute", "spacecraft": "all"}, WIND),
        ("get_solar_wind_mag", {"period": "6-hour", "spacecraft": "IMAP"}, MAG),
        ("get_ace_mag", {"period": "2-hour"}, MAG),
        ("get_dscovr_plasma", {"period": "1-day"}, WIND),
        ("get_xray_flux", {}, "/json/goes/primary/xrays-1-day.json"),
        (
            "get_xray_flux",
            {"period": "7-day", "energy": "0.1-0.8nm"},
            "/json/goes/primary/xrays-7-day.json",
        ),
        ("get_xray_flares", {}, "/json/goes/primary/xray-flares-7-day.json"),
        ("get_proton_flux", {}, "/json/goes/primary/integral-protons-1-day.json"),
        (
            "get_proton_flux",
            {"period": "6-hour", "energy": ">=10 MeV"},
            "/json/goes/primary/integral-protons-6-hour.json",
        ),
        ("get_f107", {}, "/json/f107_cm_flux.json"),
        ("get_space_weather_alerts", {}, "/products/alerts.json"),
    ],
)
async def test_what_leaves_is_the_file_and_nothing_else(
    operation: str, params: dict[str, Any], target: str
) -> None:
    script = Script(reply([]))
    await perform(SpaceWeather(kit_for(SpaceWeather, script)), operation, **params)
    assert [(one.method, target_of(one), one.body) for one in script.sent] == [("GET", target, b"")]


async def answer(recorded: str, operation: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401
    body = recording(SpaceWeather, recorded).exchanges[0].response.body
    client = SpaceWeather(kit_for(SpaceWeather, Script(reply(body))))
    return (await perform(client, operation, **params)).model_dump(mode="json")


async def test_the_last_sample_is_the_newest_of_the_active_spacecraft() -> None:
    found = await answer("get_solar_wind_mag.success", "get_solar_wind_mag")
    last = found["samples"][-1]
    assert (last["time"], last["spacecraft"]) == ("2026-08-07T01:24:00Z", "SOLAR1")
    assert {one["spacecraft"] for one in found["samples"]} == {"SOLAR1"}


async def test_ace_is_read_though_it_is_not_active() -> None:
    found = await answer("get_ace_mag.success", "get_ace_mag")
    assert [(one["spacecraft"], one["bz_gsm_nt"]) for one in found["samples"]] == [("ACE", -0.71)]


async def test_the_spacecraft_in_dscovrs_place_is_the_active_one() -> None:
    found = await answer("get_dscovr_plasma.success", "get_dscovr_plasma", period="5-minute")
    assert [one["speed_km_s"] for one in found["samples"]] == [277.4, 276.9]


async def test_a_missing_value_is_null() -> None:
    found = await answer("get_solar_wind.success", "get_solar_wind", spacecraft="ACE")
    assert found["samples"][-1]["density_per_cm3"] is None


async def test_a_series_carries_only_what_the_contract_names() -> None:
    found = await answer("get_solar_wind.success", "get_solar_wind")
    assert set(found["samples"][0]) == {
        "time",
        "spacecraft",
        "active",
        "quality",
        "speed_km_s",
        "density_per_cm3",
        "temperature_k",
    }


async def test_one_band_of_x_rays_can_be_chosen() -> None:
    found = await answer("get_xray_flux.success", "get_xray_flux", energy="0.1-0.8nm")
    assert len(found["samples"]) == 3
    assert {one["energy"] for one in found["samples"]} == {"0.1-0.8nm"}


@pytest.mark.parametrize("key", ["electron_contaminaton", "electron_contamination"])
def test_the_misspelt_key_reads_now_and_once_it_is_mended(key: str) -> None:
    row = {"time_tag": "2026-06-12T21:40:00Z", "energy": "0.1-0.8nm", "flux": "1e-6", key: True}
    (one,) = XrayFlux.model_validate({"samples": [row]}).samples
    assert one.electron_contamination is True
    assert one.flux_w_m2 == 1e-6


async def test_radio_flux_comes_in_order_though_the_file_does_not() -> None:
    found = await answer("get_f107.success", "get_f107")
    assert [one["flux_sfu"] for one in found["samples"]] == [201.0, 95.0, 99.0]


async def test_an_unfinished_flare_has_no_end() -> None:
    found = await answer("get_xray_flares.success", "get_xray_flares")
    assert [one["max_class"] for one in found["flares"]] == ["B9.4", "C1.1"]
    assert found["flares"][-1]["end_time"] is None


async def test_scales_have_numbers_where_swpc_writes_text() -> None:
    found = await answer("get_noaa_scales.success", "get_noaa_scales")
    assert found["current"]["geomagnetic_storm"]["scale"] == 0
    first = found["forecast"][0]
    assert (first["geomagnetic_storm"]["scale"], first["radio_blackout"]["scale"]) == (2, None)
    assert (first["radio_blackout"]["minor_percent"], first["radiation_storm"]["percent"]) == (
        20,
        5,
    )


async def test_kp_reads_from_the_old_shape_too() -> None:
    old = [
        ["time_tag", "Kp", "a_running", "station_count"],
        ["2026-03-30 21:00:00.000", "2.67", "12", "8"],
    ]
    client = SpaceWeather(kit_for(SpaceWeather, Script(reply(old))))
    found = (await perform(client, "get_kp_index")).model_dump(mode="json")
    assert found["samples"] == [
        {"time": "2026-03-30T21:00:00Z", "kp": 2.67, "a_running": 12.0, "station_count": 8}
    ]


async def test_the_aurora_of_a_point_is_one_cell() -> None:
    found = await answer("get_aurora_forecast.success", "get_aurora_forecast", lat=69.4, lon=20.2)
    assert found["cells"] == [[69, 20, 16.0]]
    assert found["forecast_at"] == "2026-08-07T02:55:00Z"


async def test_the_aurora_of_the_whole_earth_leaves_out_where_there_is_none() -> None:
    found = await answer("get_aurora_forecast.success", "get_aurora_forecast")
    assert len(found["cells"]) == 7


@pytest.mark.parametrize("result", [SolarWind, SolarWindMag])
def test_a_result_without_spacecraft_is_not_the_promised_one(result: type[SolarWind]) -> None:
    assert "spacecraft" in result.model_json_schema()["required"]
