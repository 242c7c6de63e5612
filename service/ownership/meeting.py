"""Before a hub takes anything over it asks who is there, and whether they go together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from clients._clock import Clock
from contracts import Names
from contracts._events import OwnsEvent
from service.amqp.errors import NoAnswer
from service.amqp.message import Message
from service.events import Publishes
from service.ownership.control import order
from service.ownership.members import Members
from service.readiness import Attached

ANSWERS_WITHIN: Final = 1.0
"""Seconds in which every running hub says what it is."""

ATTACHED_WITHIN: Final = 15.0
"""Seconds that the broker has to let this hub hear the others."""

_POLL: Final = 0.01


class CannotJoin(Exception):
    """This hub would do harm beside one that runs; the sentence says why, and what to do."""


@dataclass(frozen=True)
class Meeting:
    """The first thing that a hub does on its broker."""

    names: Names
    user: str
    """The hub's own at the broker: its commands are obeyed, as operators' are."""
    clock: Clock

    async def hold(
        self,
        members: Members,
        ear: Attached,
        publisher: Publishes,
        prepare: Callable[[], Awaitable[OwnsEvent]],
    ) -> None:
        """Ask, listen for `ANSWERS_WITHIN`, and compare.

        `prepare` runs while the others answer; it returns what this hub is.

        Raises:
            CannotJoin: another hub keeps another record of calls, or goes by the same name.
        """
        await self.attached(self.names.events, ear)
        command = Message(order("who").model_dump_json().encode(), user_id=self.user)
        await publisher.publish(self.names.control, "", command, mandatory=False)
        over_at = self.clock.now() + ANSWERS_WITHIN
        members.me = await prepare()
        await self.clock.sleep(max(0.0, over_at - self.clock.now()))
        if trouble := members.trouble(self.clock.now()):
            raise CannotJoin(trouble)

    async def attached(self, exchange: str, ear: Attached) -> None:
        """Wait until this hub hears what is said there.

        Raises:
            NoAnswer: that took longer than `ATTACHED_WITHIN`.
        """
        give_up_at = self.clock.now() + ATTACHED_WITHIN
        while not ear.attached:
            if self.clock.now() >= give_up_at:
                raise NoAnswer(exchange, ATTACHED_WITHIN)
            await self.clock.sleep(_POLL)
