"""A typed call: prints the newest planetary K index, or says why there is none."""

import asyncio

from contracts import Failure
from contracts.space_weather import GetKpIndex
from sdk import Hub


def waiting(place: int | None, eta: float | None) -> None:
    """Hear how long it will take, when it takes long."""
    print("place", place, "turn in", eta, "s")


async def main() -> None:
    """Ask for the index of the last days."""
    async with Hub() as hub:
        try:
            series = await hub.call(GetKpIndex(), within=30, progress=waiting)
        except Failure as failure:
            print(f"{failure.code}: {failure.detail}")
            return
    newest = series.samples[-1]
    print(f"Kp {newest.kp} at {newest.time:%Y-%m-%d %H:%M} UTC")


asyncio.run(main())
