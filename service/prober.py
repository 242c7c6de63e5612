"""Keeps health true where no traffic tells it, and tells it again for those who came late."""

import asyncio
from collections.abc import Sequence
from typing import Final

from clients._clock import Clock
from clients._gate import HandedBack
from contracts import Failure
from service.owner import Owner

_FIRST: Final = 1.0
"""Seconds until the first look."""


class Prober:
    """Once in each interval: one cheap probe for what is idle, and a snapshot of everything owned.

    A probe takes a token like any call.
    """

    def __init__(self, owners: Sequence[Owner], clock: Clock, interval: float) -> None:
        self._owners = owners
        self._clock = clock
        self._interval = interval

    async def run(self) -> None:
        """Probe and tell, until cancelled."""
        await self._clock.sleep(min(self._interval, _FIRST))
        while True:
            await asyncio.gather(*(self._look(one) for one in self._owners if one.held))
            await self._clock.sleep(self._interval)

    async def _look(self, owner: Owner) -> None:
        integration = owner.integration
        idle = self._clock.now() - owner.telling.heard_at >= self._interval
        if idle and owner.serving and not integration.unusable:
            for upstream, facts in integration.facts.upstreams.items():
                if facts.probe and not facts.lacking(integration.env):
                    await _probe(owner, upstream)
        owner.telling.snapshot()


async def _probe(owner: Owner, upstream: str) -> None:
    try:
        await owner.integration.client.get().probe(upstream)
    except (Failure, HandedBack):
        return  # the attempt itself has told its failure
