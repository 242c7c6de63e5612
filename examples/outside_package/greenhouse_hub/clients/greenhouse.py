"""The greenhouse's own server.

https://greenhouse.example/docs
"""

from clients._auth import Key
from clients._client import Client
from clients._limits import SECOND, Rate
from clients._operation import operation
from clients._upstream import Upstream
from greenhouse_hub.contracts.greenhouse import Climate, GetClimate


class Greenhouse(Client):
    """The greenhouse; its address is `GREENHOUSE_API_URL`."""

    api = Upstream(
        "",
        auth=Key("X-Key", ("GREENHOUSE_KEY",)),
        limits=[Rate(5, per=SECOND, source="https://greenhouse.example/docs/limits")],
        probe="/health",
    )

    @operation("safe", ttl=10)
    async def get_climate(self, request: GetClimate) -> Climate:
        """Return the newest measurement over a bed."""
        return await self.api.get("/beds/{bed}/climate", request)
