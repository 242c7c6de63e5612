"""NASA's open services: DONKI, the record of space weather events, and NeoWs, near-Earth objects.

https://api.nasa.gov  https://ccmc.gsfc.nasa.gov/tools/DONKI/
"""

from clients._auth import Key
from clients._client import Client
from clients._limits import HOUR, Rate
from clients._operation import operation
from clients._signals import Dialect
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.space_weather import records
from contracts.space_weather import (
    BeltEnhancements,
    CmeAnalyses,
    Cmes,
    GeomagneticStorms,
    GetCme,
    GetCmeAnalysis,
    GetGeomagneticStorms,
    GetHighSpeedStreams,
    GetInterplanetaryShocks,
    GetMagnetopauseCrossings,
    GetNeoBrowse,
    GetNeoFeed,
    GetNotifications,
    GetRadiationBeltEnhancements,
    GetSolarEnergeticParticles,
    GetSolarFlares,
    GetWsaEnlilSimulations,
    HighSpeedStreams,
    MagnetopauseCrossings,
    NeoFeed,
    NeoPage,
    Notifications,
    ParticleEvents,
    Shocks,
    SolarFlares,
    WsaEnlilSimulations,
)


class Nasa(Client):
    """api.nasa.gov, with a key of one's own; set ``DEMO_KEY`` only with its limit of 30/h, 50/d."""

    nasa = Upstream(
        "https://api.nasa.gov",
        auth=Key("X-Api-Key", ("NASA_API_KEY",)),
        limits=[
            Rate(1000, per=HOUR, source="https://api.nasa.gov/assets/html/authentication.html")
        ],
        dialects=(Dialect("x-ratelimit-remaining"),),
        # a wrong or missing key is 403: https://api.data.gov/docs/developer-manual
        manners=Manners(unauthorized=frozenset({401, 403})),
        probe="/DONKI/MPC",
    )

    @operation("safe", ttl=300)
    async def get_cme(self, request: GetCme) -> Cmes:
        """Return coronal mass ejections with their measurements and model runs."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/CME", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_cme_analysis(self, request: GetCmeAnalysis) -> CmeAnalyses:
        """Return measurements of coronal mass ejections."""
        chosen = {
            "mostAccurateOnly": request.most_accurate_only,
            "completeEntryOnly": request.complete_entry_only,
            "speed": request.speed_km_s,
            "halfAngle": request.half_angle_deg,
            "catalog": request.catalog,
        }
        query = records.days(request) | chosen
        return await self.nasa.get("/DONKI/CMEAnalysis", request, query=query, read=records.events)

    @operation("safe", ttl=300)
    async def get_geomagnetic_storms(self, request: GetGeomagneticStorms) -> GeomagneticStorms:
        """Return geomagnetic storms."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/GST", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_interplanetary_shocks(self, request: GetInterplanetaryShocks) -> Shocks:
        """Return interplanetary shocks."""
        query = records.days(request) | {"location": request.location, "catalog": request.catalog}
        return await self.nasa.get("/DONKI/IPS", request, query=query, read=records.events)

    @operation("safe", ttl=300)
    async def get_solar_flares(self, request: GetSolarFlares) -> SolarFlares:
        """Return solar flares."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/FLR", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_solar_energetic_particles(
        self, request: GetSolarEnergeticParticles
    ) -> ParticleEvents:
        """Return solar energetic particle events."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/SEP", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_magnetopause_crossings(
        self, request: GetMagnetopauseCrossings
    ) -> MagnetopauseCrossings:
        """Return magnetopause crossings."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/MPC", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_radiation_belt_enhancements(
        self, request: GetRadiationBeltEnhancements
    ) -> BeltEnhancements:
        """Return radiation belt enhancements."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/RBE", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_high_speed_streams(self, request: GetHighSpeedStreams) -> HighSpeedStreams:
        """Return high speed streams of the solar wind."""
        days = records.days(request)
        return await self.nasa.get("/DONKI/HSS", request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_wsa_enlil_simulations(
        self, request: GetWsaEnlilSimulations
    ) -> WsaEnlilSimulations:
        """Return runs of the model that foretells arrivals."""
        path, days = "/DONKI/WSAEnlilSimulations", records.days(request)
        return await self.nasa.get(path, request, query=days, read=records.events)

    @operation("safe", ttl=300)
    async def get_notifications(self, request: GetNotifications) -> Notifications:
        """Return the notifications of NASA's analysts."""
        query = records.days(request) | {"type": request.message_type}
        return await self.nasa.get(
            "/DONKI/notifications", request, query=query, read=records.events
        )

    @operation("safe", ttl=3600)
    async def get_neo_feed(self, request: GetNeoFeed) -> NeoFeed:
        """Return near-Earth objects by the day they pass."""
        days = records.days(request, "start_date", "end_date")
        return await self.nasa.get("/neo/rest/v1/feed", request, query=days, read=records.feed)

    @operation("safe", ttl=3600)
    async def get_neo_browse(self, request: GetNeoBrowse) -> NeoPage:
        """Return a page of all known near-Earth objects."""
        return await self.nasa.get("/neo/rest/v1/neo/browse", request, read=records.page)
