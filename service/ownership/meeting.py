"""Before a hub takes anything over it asks who is there, and whether they keep the same record."""

from dataclasses import dataclass
from typing import Final

from clients._clock import Clock
from contracts import Names
from service.amqp.errors import NoAnswer
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.amqp.subscription import Subscription
from service.ownership.control import order
from service.ownership.members import Members

ANSWERS_WITHIN: Final = 1.0
"""Seconds in which every running hub says what it is."""

ATTACHED_WITHIN: Final = 15.0
"""Seconds that the broker has to let this hub hear the others."""

_POLL: Final = 0.01


class ForeignStore(Exception):
    """Hubs of one broker with two records of calls could send an unsafe call twice."""


@dataclass(frozen=True)
class Meeting:
    """The first thing that a hub does on its broker."""

    names: Names
    user: str
    """The hub's own: only its commands are heard."""
    store: str
    clock: Clock

    async def hold(self, members: Members, ear: Subscription, publisher: Publisher) -> None:
        """Ask, listen for `ANSWERS_WITHIN`, and compare.

        Raises:
            ForeignStore: another hub keeps another record; names both.
        """
        await self._attached(ear)
        command = Message(order("who").model_dump_json().encode(), user_id=self.user)
        await publisher.publish(self.names.control, "", command, mandatory=False)
        await self.clock.sleep(ANSWERS_WITHIN)
        foreign = sorted(members.foreign_stores(self.clock.now()))
        if foreign:
            raise ForeignStore(
                f"Another hub of this broker keeps its calls in {', '.join(foreign)}, this one in "
                f"{self.store}. Give all hubs the same HUB_DATABASE_URL, or this one another "
                "HUB_PREFIX."
            )

    async def _attached(self, ear: Subscription) -> None:
        give_up_at = self.clock.now() + ATTACHED_WITHIN
        while not ear.attached:
            if self.clock.now() >= give_up_at:
                raise NoAnswer(self.names.events, ATTACHED_WITHIN)
            await self.clock.sleep(_POLL)
