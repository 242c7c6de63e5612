"""Leave requests with the hub and read their outcomes when they are there, even after a restart."""

import asyncio

from contracts import Failure
from sdk import Hub

OPERATIONS = [
    "space_weather.get_kp_index",
    "space_weather.get_kp_forecast",
    "space_weather.get_estimated_kp",
    "space_weather.get_solar_wind",
]


async def main() -> None:
    """Submit them all, then take the replies; the name is that of the queue where they wait."""
    async with Hub(name="many-calls") as hub, hub.replies() as replies:
        asked = {await hub.submit(one): one for one in OPERATIONS}
        async for reply in replies:
            operation = asked.pop(reply.request_id, "of an earlier run")
            try:
                print(operation, len(reply.result()["samples"]), "samples")
            except Failure as failure:
                print(operation, failure.code)
            if not asked:
                break


asyncio.run(main())
