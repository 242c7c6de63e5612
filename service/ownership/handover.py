"""Giving an integration away without tearing what is under way."""

from dataclasses import dataclass
from typing import Final

from service.ownership.lease import Lease
from service.ownership.owner import PAUSE_WITHIN, Owner

DRAIN_WITHIN: Final = 25.0
"""Seconds that calls under way have to end when the hub stops."""


@dataclass(frozen=True)
class Handover:
    """A lease and its owner, as those see them who move leases between hubs."""

    lease: Lease
    owner: Owner

    @property
    def held(self) -> bool:
        """Whether this hub owns the integration."""
        return self.lease.held

    async def mend(self) -> None:
        """Put a message back that was lost."""
        await self.lease.mend()

    async def yield_to_others(self) -> None:
        """Finish what has left, then give the lease to the next in the line."""
        await self.owner.wind_down(PAUSE_WITHIN)
        try:
            await self.lease.yield_to_others()
        finally:
            self.owner.resume()

    async def retire(self) -> None:
        """Leave the line at once where nothing is held; else finish, and give the lease away."""
        if self.lease.held:
            await self.owner.wind_down(DRAIN_WITHIN)
        await self.lease.close()
        await self.owner.aclose()
