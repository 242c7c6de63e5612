"""Whether a hub does all that it stands for: what `/health/ready` says."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final, Protocol

from clients._clock import Clock
from service.amqp.link import Link
from service.amqp.publisher import SILENT

ASKS_EVERY: Final = 1.0
"""Seconds for which the broker's word about the leases that are waited for counts."""

ANSWER_WITHIN: Final = 0.8
"""Seconds that the broker has for it: probes of orchestrators wait one second for theirs."""


class Attached(Protocol):
    """A consumer (`service.amqp.subscription.Subscription`)."""

    @property
    def attached(self) -> bool:
        """Whether messages may come now."""
        ...


class Serves(Protocol):
    """What is done for one integration (`service.ownership.owner.Owner`)."""

    @property
    def detached(self) -> bool:
        """Whether requests ought to come, and do not."""
        ...


class Stands(Protocol):
    """The part in one lease (`service.ownership.lease.Lease`)."""

    @property
    def may_stand(self) -> bool:
        """Whether it ought to be waited for."""
        ...

    @property
    def standing(self) -> bool:
        """Whether it is held or waited for."""
        ...

    @property
    def trouble(self) -> str:
        """Why it is not."""
        ...

    @property
    def has_come(self) -> bool:
        """Whether it is no longer waited for."""
        ...

    @property
    def renewed(self) -> bool:
        """Whether its last renewal was confirmed, and the next one is not late."""
        ...

    async def present(self, beside: Link, within: float) -> bool:
        """Return whether this hub would get it if it were its turn."""
        ...


class Speaks(Protocol):
    """The way out for replies (`service.amqp.publisher.Publisher`)."""

    @property
    def silent(self) -> float:
        """Seconds for which the broker has said nothing of what was published."""
        ...


class Troubled(Protocol):
    """What can say what is wrong with it (`service.watch.Watch`, `service.record.store.Store`)."""

    @property
    def trouble(self) -> str:
        """What is, and how to mend it; or nothing."""
        ...


@dataclass
class Readiness:
    """What a hub lacks, from what it knows and, of leases that it waits for, what the broker says.

    The broker is asked over the link `look`, at most once in `ASKS_EVERY`, however many want to
    know.
    """

    links: Mapping[str, Link]
    publisher: Speaks
    leases: Mapping[str, Stands]
    owners: Mapping[str, Serves]
    listeners: Sequence[tuple[str, Attached]]
    """What else is consumed, by queue or exchange."""
    troubled: Sequence[Troubled]
    """What else may be wrong."""
    clock: Clock
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked: float = -inf
    _silent: str = ""

    async def lacks(self) -> str:
        """Return what keeps the hub from being ready, the first of all; nothing when it is."""
        return next(self._known(), "") or await self._unanswered()

    def _known(self) -> Iterator[str]:
        yield from self._broken()
        for name, consumer in self.listeners:
            if not consumer.attached:
                yield f"{name} is not consumed; the log says why."
        for name, lease in self.leases.items():
            if lease.may_stand and not lease.standing:
                yield f"The lease of {name} is not waited for: {lease.trouble or 'not yet.'}"
            elif lease.has_come and not lease.renewed:
                yield f"The lease of {name} came, but no renewal was confirmed in time."
            elif self.owners[name].detached:
                yield f"The request queue of {name} is not consumed; the log says why."

    def _broken(self) -> Iterator[str]:
        yield from filter(None, (one.trouble for one in self.troubled))
        for name, link in self.links.items():
            if not link.up:
                yield f"The {name} connection is down: {link.reason}."
            elif link.blocked:
                yield f"The broker takes no messages ({link.blocked}): free its memory or disk."
        if (silent := self.publisher.silent) > SILENT:
            yield f"The broker has not confirmed a message for {silent:.0f} s: no call begins."

    async def _unanswered(self) -> str:
        async with self._asking:
            if self.clock.now() - self._asked >= ASKS_EVERY:
                self._silent = await self._ask()
                self._asked = self.clock.now()
            return self._silent

    async def _ask(self) -> str:
        waits = {
            name: lease.present(self.links["look"], ANSWER_WITHIN)
            for name, lease in self.leases.items()
            if lease.standing and not lease.has_come
        }
        answers = await asyncio.gather(*waits.values())
        silent = [name for name, answer in zip(waits, answers, strict=True) if not answer]
        return f"The broker is silent about the lease of {', '.join(silent)}." if silent else ""
