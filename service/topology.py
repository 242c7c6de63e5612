"""The exchanges and queues of a hub family, declared once at the start.

All of it carries its arguments, so that two hubs of different versions cannot disagree silently.
A throw-away connection declares it: on a connection in use one queue that differs would close
channels again and again. At run time queues are only looked at (`service.queues`).
"""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiormq.channel import Channel
from pamqp.common import FieldTable

from contracts._names import Names
from service.bus import DIFFERENT, LOCKED, NOT_ALLOWED, Denied, LinkLost, NoAnswer, TopologyError
from service.wire import Wire, address, connect, translated

ANSWER_WITHIN: Final = 10.0
_LOOK_WITHIN: Final = 3.0
_AT_ONCE: Final = 8

_QUORUM: Final[FieldTable] = {"x-queue-type": "quorum"}
_KEPT: Final[FieldTable] = {**_QUORUM, "x-delivery-limit": 2_000_000_000}
"""Never dropped for having come back too often: RabbitMQ 4 would after 20 times."""
_LEASE: Final[FieldTable] = {
    **_QUORUM,
    "x-single-active-consumer": True,
    "x-max-length": 1,
    "x-overflow": "drop-head",
}

_log = structlog.stdlib.get_logger()


@dataclass(frozen=True)
class Exchange:
    """An exchange as the hub needs it."""

    name: str
    kind: str
    arguments: FieldTable = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """A queue as the hub needs it."""

    name: str
    arguments: FieldTable
    exchange: str = ""
    """Where it is bound; empty for the default exchange alone."""
    key: str = ""

    @property
    def single(self) -> bool:
        """Whether only one consumer at a time gets messages."""
        return "x-single-active-consumer" in self.arguments


def exchanges(names: Names) -> tuple[Exchange, ...]:
    """Return every exchange, in the order in which they can be declared."""
    return (
        Exchange(names.unrouted, "fanout"),
        Exchange(names.requests, "topic", {"alternate-exchange": names.unrouted}),
        Exchange(names.dropped, "fanout"),
        Exchange(names.replies, "topic"),
        Exchange(names.events, "topic"),
        Exchange(names.dead, "topic"),
        Exchange(names.control, "fanout"),
    )


def queues(names: Names, integrations: Iterable[str]) -> tuple[Queue, ...]:
    """Return every queue."""
    request: FieldTable = {
        **_QUORUM,
        "x-single-active-consumer": True,
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": names.dropped,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    known = sorted(set(integrations))
    return (
        Queue(names.dropped, _KEPT, names.dropped),
        Queue(names.unrouted, _KEPT, names.unrouted),
        Queue(names.dead_letters, _KEPT, names.dead, "#"),
        *(Queue(names.queue(one), request, names.requests, f"{one}.#") for one in known),
        *(Queue(names.lease(one), _LEASE) for one in known),
    )


async def declare_all(url: str, names: Names, integrations: Iterable[str]) -> tuple[str, ...]:
    """Declare what is missing and check what is there; return the queues without a leader.

    Those are named in the log too. They cost only their own integration: tell the links
    (`Link.silent`), so that nobody consumes from them before they answer.

    Raises:
        TopologyError: something exists with other arguments, or the hub may not declare it.
        LinkLost: no connection, or it was lost meanwhile.
    """
    wire = await connect(address(url, name="hub-topology", heartbeat=10))
    try:
        channel = await wire.open_channel(confirms=False)
        for exchange in exchanges(names):
            await _declare_exchange(channel, exchange)
        silent = await _declare_queues(wire, queues(names, integrations))
    finally:
        await wire.end()
    for queue in silent:
        _log.error("queue_without_leader", queue=queue, advice=str(NoAnswer(queue, _LOOK_WITHIN)))
    return silent


async def _declare_exchange(channel: Channel, exchange: Exchange) -> None:
    with _explained(f"exchange {exchange.name}"), translated():
        await channel.exchange_declare(
            exchange.name,
            exchange_type=exchange.kind,
            durable=True,
            arguments=exchange.arguments,
            timeout=ANSWER_WITHIN,
        )


async def _declare_queues(wire: Wire, wanted: Iterable[Queue]) -> tuple[str, ...]:
    """Declare on several channels at once, each taking the next queue in turn."""
    ahead = iter(wanted)
    silent: list[str] = []
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(_declare_in_turn(wire, ahead, silent))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return tuple(sorted(silent))


async def _declare_in_turn(wire: Wire, ahead: Iterator[Queue], silent: list[str]) -> None:
    channel = await wire.open_channel(confirms=False)
    for queue in ahead:
        try:
            await _declare_queue(channel, queue)
            answers = not queue.single or await _answers(wire, queue)
        except TimeoutError:
            answers = False
            channel = await wire.open_channel(confirms=False)
        if not answers:
            silent.append(queue.name)


async def _declare_queue(channel: Channel, queue: Queue) -> None:
    with _explained(f"queue {queue.name}"), translated():
        await channel.queue_declare(
            queue.name, durable=True, arguments=queue.arguments, timeout=ANSWER_WITHIN
        )
        if queue.exchange:
            await channel.queue_bind(queue.name, queue.exchange, queue.key, timeout=ANSWER_WITHIN)


async def _answers(wire: Wire, queue: Queue) -> bool:
    """Return whether a queue with a single active consumer has a leader.

    Declaring succeeds without one (measured on 3.10.8). Fetching a message from such a queue is
    refused (405) by its leader, at once and without a trace; without a leader nothing answers.
    """
    channel = await wire.open_channel(confirms=False)
    try:
        with translated():
            await channel.basic_get(queue.name, timeout=_LOOK_WITHIN)
    except Denied as denied:
        return denied.code == LOCKED
    except TimeoutError:
        return False
    return True


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn the broker's refusal of a declaration into what the operator has to do."""
    try:
        yield
    except Denied as denied:
        raise TopologyError(
            _ADVICE.get(denied.code, _OTHER).format(what=what, words=denied.words)
        ) from denied
    except LinkLost as lost:
        raise LinkLost(
            f"The connection was lost while the {what} was declared ({lost}). If this stays so, "
            "the queue has no leader: restart the broker node. Do not delete the queue."
        ) from lost


_OTHER: Final = "The broker refused the {what}: {words}. The hub has started nothing."
_ADVICE: Final = {
    DIFFERENT: (
        "The {what} is there already, but with other arguments. The broker says: {words}. The hub "
        "has started nothing. If nothing is in it, delete it (rabbitmqctl delete_queue, or the "
        "management page for an exchange) and start again; or choose another HUB_PREFIX."
    ),
    NOT_ALLOWED: (
        "The hub's broker user may not declare the {what}. The broker says: {words}. Grant it the "
        "rights configure, write and read on the hub's names (see deploy/)."
    ),
}
