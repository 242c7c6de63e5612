"""The exchanges and queues of a hub family, declared once at the start.

All of it carries its arguments, so that two hubs of different versions cannot disagree silently.
A throw-away connection declares it: on a connection in use one queue that differs would close
channels again and again. At run time queues are only looked at (`service.amqp.queues`).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog
from pamqp.common import FieldTable

from contracts._names import Names
from service.amqp.errors import DIFFERENT, NOT_ALLOWED, Denied, LinkLost, NoAnswer, TopologyError
from service.amqp.wire import Wire, address, connect, translated

WITHIN: Final = 60.0
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


def meeting(names: Names) -> tuple[Exchange, ...]:
    """Return the exchanges on which hubs hear each other."""
    return Exchange(names.events, "topic"), Exchange(names.control, "fanout")


def exchanges(names: Names) -> tuple[Exchange, ...]:
    """Return every exchange, in the order in which they can be declared."""
    return (
        Exchange(names.unrouted, "fanout"),
        Exchange(names.requests, "topic", {"alternate-exchange": names.unrouted}),
        Exchange(names.dropped, "fanout"),
        Exchange(names.replies, "topic"),
        Exchange(names.dead, "topic"),
        *meeting(names),
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


async def declare_meeting(url: str, names: Names, within: float = WITHIN) -> None:
    """Declare what hubs hear each other by, and nothing that takes requests yet.

    Raises:
        TopologyError: it exists as something else, or the hub may not declare it.
        LinkLost: no connection, or it was lost meanwhile, or the broker takes too long.
    """
    async with _declaring(url, within) as declaring:
        await declaring.exchanges(meeting(names))


async def declare_all(
    url: str, names: Names, integrations: Iterable[str], within: float = WITHIN
) -> tuple[str, ...]:
    """Declare what is missing and check what is there; return the queues without a leader.

    Those are named in the log too. They cost only their own integration: tell the links
    (`Link.silent`), so that nobody consumes from them before they answer.

    Raises:
        TopologyError: something exists with other arguments, or the hub may not declare it.
        LinkLost: no connection, or it was lost meanwhile, or the broker takes too long.
    """
    wanted = queues(names, integrations)
    async with _declaring(url, within) as declaring:
        await declaring.everything(names, wanted)
        silent = await declaring.leaderless(queue.name for queue in wanted if queue.single)
    for name in silent:
        _log.error("queue_without_leader", queue=name, advice=str(NoAnswer(name, _LOOK_WITHIN)))
    return silent


async def declare_again(
    url: str, names: Names, integrations: Iterable[str], within: float = WITHIN
) -> None:
    """Declare what has gone since the start, and check the rest.

    Raises:
        TopologyError: something is there by now with other arguments.
        LinkLost: no connection, or it was lost meanwhile, or the broker takes too long.
    """
    async with _declaring(url, within) as declaring:
        await declaring.everything(names, queues(names, integrations))


@contextlib.asynccontextmanager
async def _declaring(url: str, within: float) -> AsyncIterator["_Declaring"]:
    wire = await connect(address(url, name="hub-topology", heartbeat=10))
    declaring = _Declaring(wire)
    try:
        async with asyncio.timeout(within):
            yield declaring
    except TimeoutError:
        raise LinkLost(f"The broker took longer than {within:g} s. {declaring.stuck}") from None
    finally:
        await wire.end()


class _Declaring:
    """One declaration of everything, on several channels at once."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._asked: set[str] = set()

    @property
    def stuck(self) -> str:
        """What the broker has not answered about, and what to do when it never does."""
        return (
            f"It has not answered about {', '.join(sorted(self._asked)) or 'anything'}. If this "
            "stays so, a queue has no leader: restart the broker node. Do not delete the queue."
        )

    async def everything(self, names: Names, wanted: Iterable[Queue]) -> None:
        await self.exchanges(exchanges(names))
        await self.queues(wanted)

    async def exchanges(self, wanted: Iterable[Exchange]) -> None:
        channel = await self._wire.open_channel(confirms=False)
        for exchange in wanted:
            with self._asking(f"exchange {exchange.name}"):
                await channel.exchange_declare(
                    exchange.name,
                    exchange_type=exchange.kind,
                    durable=True,
                    arguments=exchange.arguments,
                )

    async def queues(self, wanted: Iterable[Queue]) -> None:
        ahead = iter(wanted)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(self._in_turn(ahead))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _in_turn(self, ahead: Iterator[Queue]) -> None:
        channel = await self._wire.open_channel(confirms=False)
        for queue in ahead:
            with self._asking(f"queue {queue.name}"):
                await channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
                if queue.exchange:
                    await channel.queue_bind(queue.name, queue.exchange, queue.key)

    async def leaderless(self, asked: Iterable[str]) -> tuple[str, ...]:
        """Return which of some queues with a single active consumer have no leader.

        Declaring succeeds without one (measured on 3.10.8). Fetching a message from such a queue is
        refused (405) by its leader, at once and without a trace; without a leader nothing answers.
        """
        names = sorted(asked)
        answers = await asyncio.gather(*(_answers(self._wire, name) for name in names))
        return tuple(name for name, answer in zip(names, answers, strict=True) if not answer)

    @contextlib.contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Note what is asked, and turn the broker's refusal into what the operator has to do."""
        self._asked.add(what)
        try:
            with translated():
                yield
        except Denied as denied:
            advice = _ADVICE.get(denied.code, _OTHER)
            raise TopologyError(advice.format(what=what, words=denied.words)) from denied
        except LinkLost as lost:
            raise LinkLost(f"The connection was lost: {lost}. {self.stuck}") from lost
        self._asked.discard(what)


async def _answers(wire: Wire, queue: str) -> bool:
    channel = await wire.open_channel(confirms=False)
    try:
        with contextlib.suppress(Denied), translated():
            await channel.basic_get(queue, timeout=_LOOK_WITHIN)
    except TimeoutError:
        return False
    return True


_OTHER: Final = "The broker refused the {what}: {words}."
_ADVICE: Final = {
    DIFFERENT: (
        "The {what} is there already, but with other arguments. The broker says: {words}. If "
        "nothing is in it, delete it (rabbitmqctl delete_queue, or the management page for an "
        "exchange): a hub that runs, or starts, declares it anew. Or choose another HUB_PREFIX."
    ),
    NOT_ALLOWED: (
        "The hub's broker user may not declare the {what}. The broker says: {words}. Grant it the "
        "rights configure, write and read on the hub's names (docs/how-to/secure-the-broker.md)."
    ),
}
