"""What a hub does for one integration while it holds the lease: consume, call, answer."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from math import inf
from typing import Any, Final, Protocol, cast

import structlog

from clients._limits import Plan
from contracts import Failure
from contracts._events import HealthEvent
from service.amqp.consumer import OnDelivery
from service.amqp.publisher import SILENT
from service.desk import Desk
from service.events import Tells
from service.integration import Integration
from service.metrics import Metrics
from service.window import LONGEST_HELD

APART: Final = 1.0
"""Seconds between two changes of health that are told; the next look tells what has lasted."""
YIELD_WITHIN: Final = 5.0
"""Seconds that calls under way have to end when an integration is given away."""
_HAND_BACK_WITHIN: Final = 300.0
"""Seconds that they have when what waits goes back, or at a pause: none of them takes that long."""

log = structlog.get_logger()


class Attachment(Protocol):
    """A consumer of the request queue (`service.amqp.subscription.Subscription`)."""

    @property
    def queue(self) -> str:
        """Where the requests wait."""
        ...

    @property
    def attached(self) -> bool:
        """Whether messages may come now."""
        ...

    def start(self) -> None:
        """Begin to attach."""
        ...

    def renew(self, reason: str) -> None:
        """Detach, and attach again."""
        ...

    async def stop(self) -> None:
        """Take nothing more; what has not left goes back, what has can still be settled."""
        ...

    async def aclose(self) -> None:
        """Detach; what is not settled goes back."""
        ...


Subscribe = Callable[[OnDelivery, int], Attachment]
"""Makes the consumer that hands deliveries over, at most so many that are not settled."""


class Telling:
    """Publishes what attempts say about an integration's health."""

    def __init__(self, integration: Integration, events: Tells, metrics: Metrics) -> None:
        self._integration = integration
        self._events = events
        self._metrics = metrics
        self._heard = dict.fromkeys(integration.gates, integration.now())
        self._told_at = -inf

    def note(self, upstream: str, failure: Failure | None, seconds: float) -> None:
        """Take note of one attempt."""
        self._heard[upstream] = self._integration.now()
        name = self._integration.name
        self._metrics.attempted(name, upstream, failure.code if failure else "ok")
        health = self._integration.health
        self._tell_in_turn(health.note(upstream, failure, seconds, quiet=self._quiet))

    def heard_at(self, upstream: str) -> float:
        """Return when the last attempt was made: real traffic makes probes needless."""
        return self._heard[upstream]

    def troubled(self, reason: str) -> None:
        """Take note of what keeps this hub from working as it should; of nothing when it does."""
        self._tell_in_turn(self._integration.health.trouble(reason, quiet=self._quiet))

    def settled(self, *, paused: bool) -> None:
        """Take note of what is missing, and of a pause."""
        lacking = self._integration.unusable
        self._tell(self._integration.health.set(lacking=lacking, paused=paused))

    def owns(self, *, held: bool) -> None:
        """Show whether this hub owns it."""
        self._metrics.owns(self._integration.name, held=held)

    def snapshot(self) -> None:
        """Publish the state as it is, for those who came late."""
        self._publish(self._integration.health.snapshot())

    @property
    def _quiet(self) -> bool:
        return self._integration.now() - self._told_at < APART

    def _tell_in_turn(self, event: HealthEvent | None) -> None:
        if event:
            self._told_at = self._integration.now()
        self._tell(event)

    def _tell(self, event: HealthEvent | None) -> None:
        if event:
            log.info("health", integration=event.integration, state=event.state, cause=event.cause)
            self._publish(event)

    def _publish(self, event: HealthEvent) -> None:
        self._events.tell(f"health.{event.integration}.{event.state}", event)


class Owner:
    """Holder of one lease: serves from the first confirmed reservation until the lease is lost."""

    def __init__(
        self, integration: Integration, desk: Desk, subscribe: Subscribe, telling: Telling
    ) -> None:
        self.integration = integration
        self.telling = telling
        self.paused = False
        self.held = False
        self._desk = desk
        self._subscribe = subscribe
        self._subscription: Attachment | None = None
        self._leaving: list[Attachment] = []
        """Consumers that take nothing more, over which what has left is still answered."""
        self._closing: set[asyncio.Task[object]] = set()
        self._winding = 0
        """How many reasons there are to take nothing new for now."""
        self._window = 0
        self._too_long = False
        """Whether what was taken last had to be handed back."""
        self._away = False
        """Whether it takes nothing because nothing can be served soon."""

    @property
    def serving(self) -> bool:
        """Whether its consumer is attached, or will be when the limit lets something through."""
        attached = self._subscription is not None and self._subscription.attached
        return attached or self._away

    @property
    def attachment(self) -> Attachment | None:
        """The consumer that takes requests now."""
        return self._subscription

    @property
    def detached(self) -> bool:
        """Whether requests ought to come, and do not."""
        return self._subscription is not None and not self._subscription.attached

    def gained(self, state: Mapping[str, Any], *, paused: bool) -> None:
        """The lease came: take over the buckets; nothing is served before `confirmed`."""
        self.integration.restore(state)
        self.regained(paused=paused)

    def regained(self, *, paused: bool) -> None:
        """It came back, and nobody had it meanwhile: the buckets are right as they are."""
        self.held = True
        self.paused = paused
        self.telling.owns(held=True)
        self.telling.settled(paused=paused)

    def plan(self, *, final: bool) -> tuple[dict[str, Any], object]:
        """Return the state that the next renewal writes."""
        return self.integration.plan(final=final)

    def confirmed(self, ticket: object) -> None:
        """The lease holds that state: spend what it reserves, and serve, if replies can leave."""
        if self._withheld:
            self.integration.withhold()
            return
        self.integration.confirm(cast("Mapping[str, Plan]", ticket))
        self.integration.open()  # also to what winds down: calls that follow what they began
        if self.paused or self._winding:
            return
        if self._subscription is None:
            self._serve()
        elif self._desk.age > LONGEST_HELD:
            self._too_long = True
            self._later(self._hand_back("requests wait for too long"))
        elif self._may_widen():
            self._later(self._hand_back("more can be served"))

    def lost(self, reason: str) -> None:
        """Stop at once: nobody passes the gates, the channel closes, the rest goes back."""
        self.held = False
        self.telling.owns(held=False)
        self._stop(reason)

    def pause(self, *, paused: bool) -> None:
        """Serve no more, or again."""
        self.paused = paused
        self.telling.settled(paused=paused)
        if paused:
            self._later(self._hand_back("it is paused"))

    def busy(self) -> bool:
        """Whether it renews often: it works, or would if replies could leave."""
        return self._withheld or self.integration.busy or len(self._desk) > 0 or self._winding > 0

    async def wind_down(self, within: float) -> bool:
        """Take nothing new, hand back what has not left, and wait for the rest; keep the lease.

        Returns whether all of that ended in time; what did not runs on, and is answered when it
        ends. Serves again once `resume` is called.
        """
        self._winding += 1
        ended = self._later(self._let_go())
        await asyncio.wait([ended], timeout=within)
        return ended.done()

    async def stop(self, within: float) -> None:
        """Wind down for good: what takes longer is given up, unanswered."""
        await self.wind_down(within)
        await self._desk.give_up()

    def resume(self) -> None:
        """Serve again, with the next renewal of a lease that is held."""
        self._winding -= 1

    async def aclose(self) -> None:
        """Give up what still runs, close the client, and wait for what is being closed."""
        await self._desk.give_up()
        if self._closing:
            await asyncio.wait(self._closing)
        await self.integration.client.aclose()

    @property
    def _withheld(self) -> bool:
        """Whether nothing may begin: the broker says nothing of what is published."""
        return self._desk.silent > SILENT

    async def _let_go(self) -> None:
        subscription = self._detach()
        if subscription:
            self._leaving.append(subscription)
            await subscription.stop()
        await self._desk.drained()
        if subscription:
            await subscription.aclose()
            self._leaving.remove(subscription)

    def _serve(self) -> None:
        self._window = self.integration.window()
        self._away = self._too_long and not self._window
        if not self._away:
            self._too_long = False
            self.integration.taken = max(1, self._window)
            self._subscription = self._subscribe(self._desk.take, self.integration.taken)
            self._subscription.start()

    def _may_widen(self) -> bool:
        return self._window < self.integration.most and (
            2 * max(1, self._window) <= self.integration.window()
        )

    async def _hand_back(self, reason: str) -> None:
        """Hand back what has not left; then serve, if it is not paused, as many as it can soon."""
        log.info("hands_back", integration=self.integration.name, reason=reason)
        try:
            await self.wind_down(_HAND_BACK_WITHIN)
        finally:
            self.resume()

    def _detach(self) -> Attachment | None:
        subscription, self._subscription, self._away = self._subscription, None, False
        return subscription

    def _stop(self, reason: str) -> None:
        self.integration.close()
        for leaving in self._leaving:
            self._later(leaving.aclose())
        subscription = self._detach()
        if subscription:
            log.debug("stops_serving", integration=self.integration.name, reason=reason)
            self._later(subscription.aclose())

    def _later(self, work: Coroutine[Any, Any, object]) -> "asyncio.Task[object]":
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task
