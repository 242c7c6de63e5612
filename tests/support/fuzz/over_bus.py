"""The same envelopes as raw frames through a real broker: each is answered or buried, none cuts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from contracts._names import REASON_HEADER, STAGE_HEADER
from tests.support.agent import apart, fetched
from tests.support.broker import OwnNames
from tests.support.fuzz.envelopes import bodies, properties, routing_keys
from tests.support.hub_process import HubProcess
from tests.support.raw_amqp import Raw, publish_raw
from tests.support.wait import wait_until

WITHIN: Final = 30.0
ALONE: Final = 5.0
_AT_ONCE: Final = 10

Batch = list[tuple[Raw, bytes]]

uncounted = frozenset({"reply_to", "expiration", "user_id"})
"""A reply may go where nobody counts it; the broker itself refuses most of the other two."""
raws = st.builds(Raw, properties(uncounted), st.just(""), routing_keys)
batches = st.lists(st.tuples(raws, bodies), min_size=20, max_size=40)


@dataclass
class Ear:
    """A hub under fire, and the two queues where all that becomes of requests is heard."""

    names: OwnNames
    hub: HubProcess
    told: int = 0
    """Outcomes heard so far."""

    async def fire(self, batch: Batch) -> int:
        """Publish these; return how many the broker took.

        Fails when one gets no outcome, cuts a connection of the hub, or meets a bug of it.
        """
        taken = await self._outcomes(batch)
        for event in ("broker_unreachable", "bug"):
            assert not self.hub.logged(event), f"{self.hub.logged(event)}: {batch}"
        return taken

    async def _outcomes(self, batch: Batch) -> int:
        heard, slots = self.told, asyncio.Semaphore(_AT_ONCE)

        async def publish(raw: Raw, body: bytes) -> bool:
            async with slots:
                return await publish_raw(self.hub.url, self.names.requests, raw, body)

        taken = sum(await asyncio.gather(*(publish(*one) for one in batch)))
        within = WITHIN if len(batch) > 1 else ALONE
        try:
            await wait_until(lambda: self._hears(heard + taken), within)
        except AssertionError:
            if len(batch) > 1:
                for one in batch:
                    await self._outcomes([one])
            raise AssertionError(f"{heard + taken - self.told} outcomes missing: {batch}") from None
        return taken

    async def _hears(self, wanted: int) -> bool:
        for queue in (self.names.dead_letters, heard_at(self.names)):
            for one in await fetched(self.hub.url, queue):
                headers = one.header.properties.headers or {}
                self.told += REASON_HEADER in headers or headers.get(STAGE_HEADER) == "final"
        return self.told >= wanted


def heard_at(names: OwnNames) -> str:
    """The queue of all replies without an address."""
    return names.queue("heard")


@asynccontextmanager
async def under_fire(url: str, names: OwnNames, folder: Path) -> AsyncIterator[Ear]:
    """Give a hub that answers from recordings, and an ear at it.

    It has a process of its own: hypothesis sets the seed of all random numbers in this one.
    """
    wide = dict.fromkeys(("NOTION_LIMIT", "TWILIO_API_LIMIT"), "100000/1s burst 100000")
    settings = {"HUB_INTEGRATIONS": "notion,twilio", **wide}
    async with HubProcess(url, names.prefix, folder, **settings) as hub, apart(url) as channel:
        await channel.queue_declare(heard_at(names))
        await channel.queue_bind(heard_at(names), names.replies, "#")
        yield Ear(names, hub)
