"""NOAA's Space Weather Prediction Center: files that it writes anew every minute or so.

https://www.swpc.noaa.gov/content/data-access
"""

from functools import partial

from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.space_weather import ovation, tables
from contracts.space_weather import (
    F107,
    AuroraForecast,
    EstimatedKp,
    GetAceMag,
    GetAuroraForecast,
    GetDscovrPlasma,
    GetEstimatedKp,
    GetF107,
    GetKpForecast,
    GetKpIndex,
    GetNoaaScales,
    GetProtonFlux,
    GetSolarWind,
    GetSolarWindMag,
    GetSpaceWeatherAlerts,
    GetXrayFlares,
    GetXrayFlux,
    KpForecast,
    KpIndex,
    NoaaScales,
    ProtonFlux,
    SolarWind,
    SolarWindMag,
    SpaceWeatherAlerts,
    XrayFlares,
    XrayFlux,
)

_PLASMA = "/json/rtsw/rtsw_wind_1m.json"
_MAG = "/json/rtsw/rtsw_mag_1m.json"


class Swpc(Client):
    """SWPC's data service: open to all, each file the same for everyone."""

    swpc = Upstream(
        "https://services.swpc.noaa.gov",
        # no limit is published; the files change once a minute at best
        limits=[Rate(1, per=1, burst=5, source="https://www.swpc.noaa.gov/content/data-access")],
        probe="/products/noaa-scales.json",
    )

    @operation("safe", ttl=300)
    async def get_kp_index(self, request: GetKpIndex) -> KpIndex:
        """Return the planetary K index of seven days, every three hours."""
        path = "/products/noaa-planetary-k-index.json"
        return await self.swpc.get(path, request, read=tables.samples)

    @operation("safe", ttl=600)
    async def get_kp_forecast(self, request: GetKpForecast) -> KpForecast:
        """Return the planetary K index of seven days and its forecast for three."""
        path = "/products/noaa-planetary-k-index-forecast.json"
        return await self.swpc.get(path, request, read=tables.samples)

    @operation("safe", ttl=60)
    async def get_estimated_kp(self, request: GetEstimatedKp) -> EstimatedKp:
        """Return the K index as estimated minute by minute, for about six hours."""
        return await self.swpc.get("/json/planetary_k_index_1m.json", request, read=tables.samples)

    @operation("safe", ttl=60)
    async def get_noaa_scales(self, request: GetNoaaScales) -> NoaaScales:
        """Return the NOAA scales R, S and G: of the last day, now, and expected."""
        return await self.swpc.get("/products/noaa-scales.json", request, read=tables.scales)

    @operation("safe", ttl=60)
    async def get_space_weather_alerts(self, request: GetSpaceWeatherAlerts) -> SpaceWeatherAlerts:
        """Return SWPC's alerts, warnings and watches of about a month, newest first."""
        return await self.swpc.get("/products/alerts.json", request, read=tables.alerts)

    @operation("safe", ttl=60)
    async def get_solar_wind(self, request: GetSolarWind) -> SolarWind:
        """Return speed, density and temperature of the solar wind, minute by minute."""
        read = partial(tables.wind, wanted=request.spacecraft, period=request.period)
        return await self.swpc.get(_PLASMA, request, query={}, read=read)

    @operation("safe", ttl=60)
    async def get_solar_wind_mag(self, request: GetSolarWindMag) -> SolarWindMag:
        """Return the magnetic field of the solar wind, minute by minute."""
        read = partial(tables.wind, wanted=request.spacecraft, period=request.period)
        return await self.swpc.get(_MAG, request, query={}, read=read)

    @operation("safe", ttl=60)
    async def get_ace_mag(self, request: GetAceMag) -> SolarWindMag:
        """Return the magnetic field of the solar wind as ACE measures it."""
        read = partial(tables.wind, wanted="ACE", period=request.period)
        return await self.swpc.get(_MAG, request, query={}, read=read)

    @operation("safe", ttl=60)
    async def get_dscovr_plasma(self, request: GetDscovrPlasma) -> SolarWind:
        """Return the plasma of the solar wind from the spacecraft in DSCOVR's place."""
        read = partial(tables.wind, wanted="active", period=request.period)
        return await self.swpc.get(_PLASMA, request, query={}, read=read)

    @operation("safe", ttl=60)
    async def get_xray_flux(self, request: GetXrayFlux) -> XrayFlux:
        """Return the Sun's X-ray flux in two bands, every minute."""
        path = "/json/goes/primary/xrays-{period}.json"
        read = partial(tables.samples, energy=request.energy)
        return await self.swpc.get(path, request, query={}, read=read)

    @operation("safe", ttl=60)
    async def get_xray_flares(self, request: GetXrayFlares) -> XrayFlares:
        """Return the flares that GOES saw in seven days."""
        path = "/json/goes/primary/xray-flares-7-day.json"
        return await self.swpc.get(path, request, read=tables.flares)

    @operation("safe", ttl=60)
    async def get_proton_flux(self, request: GetProtonFlux) -> ProtonFlux:
        """Return the flux of energetic protons, every five minutes."""
        path = "/json/goes/primary/integral-protons-{period}.json"
        read = partial(tables.samples, energy=request.energy)
        return await self.swpc.get(path, request, query={}, read=read)

    @operation("safe", ttl=1800)
    async def get_f107(self, request: GetF107) -> F107:
        """Return the Sun's radio flux at 10.7 cm, three times a day."""
        return await self.swpc.get("/json/f107_cm_flux.json", request, read=tables.samples)

    @operation("safe", ttl=300)
    async def get_aurora_forecast(self, request: GetAuroraForecast) -> AuroraForecast:
        """Return where aurora is likely in the next hour."""
        path, read = "/json/ovation_aurora_latest.json", partial(ovation.forecast, asked=request)
        return await self.swpc.get(path, request, query={}, read=read)
