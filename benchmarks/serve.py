"""The measured hub: as `hub serve`, and says when it serves."""

import asyncio
import os

import uvloop

from service.app import Hub
from service.logs import configure
from service.settings import load_settings


async def main() -> None:
    settings = load_settings()
    hub = Hub(settings, os.environ["HUB_AMQP_URL"])
    configure(settings.log_level, settings.log_format, hub.redact)
    async with hub:
        while await hub.ready() or not all(  # noqa: ASYNC110  (nothing to wait on from outside)
            owner.serving for owner in hub.owners.values()
        ):
            await asyncio.sleep(0.02)
        print("ready", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    uvloop.run(main())
