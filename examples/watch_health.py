"""Prints how the integrations are, whenever that changes, until Ctrl-C."""

import asyncio
import contextlib

from contracts import HealthEvent
from sdk import Hub


async def main() -> None:
    """Listen; the hub also repeats the state of everything each minute."""
    async with Hub() as hub:
        async for event in hub.events("health.#"):
            health = event.read(HealthEvent)
            print(health.integration, health.state, health.cause or "", health.detail, flush=True)


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
