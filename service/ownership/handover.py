"""Giving an integration away without tearing what is under way."""

from dataclasses import dataclass
from typing import Final

from service.ownership.lease import Lease
from service.ownership.owner import YIELD_WITHIN, Owner

DRAIN_WITHIN: Final = 25.0
"""Seconds that calls under way have to end when the hub stops."""

_TURNS_TO_KEEP: Final = 5


@dataclass
class Handover:
    """A lease and its owner, as those see them who move leases between hubs."""

    lease: Lease
    owner: Owner
    turns_to_keep: int = 0
    """How often it is not to yield, though another hub should own it."""

    @property
    def held(self) -> bool:
        """Whether this hub owns the integration."""
        return self.lease.held

    async def mend(self) -> None:
        """Put a message back that was lost."""
        await self.lease.mend()

    async def yield_to_others(self) -> None:
        """Finish what has left, then give the lease to the next in the line.

        Keeps it for some more turns if a call takes too long: its new owner would have to say of
        an unsafe one that nobody knows what became of it.
        """
        if self.turns_to_keep:
            self.turns_to_keep -= 1
            return
        try:
            if await self.owner.wind_down(YIELD_WITHIN):
                await self.lease.yield_to_others()
            else:
                self.turns_to_keep = _TURNS_TO_KEEP
        finally:
            self.owner.resume()

    async def retire(self) -> None:
        """Leave the line at once where nothing is held; else finish, and give the lease away."""
        if self.lease.held:
            await self.owner.stop(DRAIN_WITHIN)
        await self.lease.close()
        await self.owner.aclose()
