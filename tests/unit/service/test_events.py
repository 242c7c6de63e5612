import asyncio
from dataclasses import dataclass, field

from contracts import Names
from contracts._events import Event, LifeEvent
from service.amqp.errors import Unconfirmed
from service.amqp.message import Message
from service.events import Events

EVENT = LifeEvent(instance="vm-1", store="s", version="1")


@dataclass
class FakeBus:
    """Publishes when it is let."""

    sent: list[tuple[str, str, Message, bool]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False

    async def publish(
        self, exchange: str, key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        await self.gate.wait()
        if self.broken:
            raise Unconfirmed("The connection was lost.")
        self.sent.append((exchange, key, message, mandatory))


async def test_an_event_is_a_cloud_event_and_nobody_waits_for_it() -> None:
    bus = FakeBus()
    events = Events(bus, Names("h"), "/hub/vm-1")
    events.tell("hub.vm-1.started", EVENT)
    await asyncio.sleep(0)
    assert bus.sent == []
    bus.gate.set()
    await events.flush()
    ((exchange, key, message, mandatory),) = bus.sent
    assert (exchange, key, mandatory) == ("h.events", "hub.vm-1.started", False)
    assert LifeEvent.model_validate_json(message.body) == EVENT
    headers = dict(message.headers)
    assert len(str(headers.pop("ce-id"))) == 32
    assert str(headers.pop("ce-time")).endswith("Z")
    assert headers == {
        "ce-specversion": "1.0",
        "ce-source": "/hub/vm-1",
        "ce-type": "hub.event.hub.started.v1",
        "ce-subject": "vm-1",
    }


async def test_what_cannot_be_told_is_dropped_and_counted() -> None:
    bus = FakeBus(broken=True)
    bus.gate.set()
    events = Events(bus, Names(), "/hub/vm-1")
    events.tell("health.notion.up", Event())
    await events.flush()
    assert events.dropped == 1
    await events.flush()


async def test_of_a_broker_that_hangs_memory_does_not_grow() -> None:
    bus = FakeBus()
    events = Events(bus, Names(), "/hub/vm-1")
    for _ in range(1500):
        events.tell("health.notion.up", Event())
    assert events.dropped == 500
    bus.gate.set()
    await events.flush()
    assert len(bus.sent) == 1000
