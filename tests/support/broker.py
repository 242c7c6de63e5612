"""The RabbitMQ that broker tests talk to: which one, its version, and names of a test's own."""

import asyncio
import contextlib
import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import aiormq
from aiormq.abc import AbstractChannel

from clients import _registry
from contracts._names import Names
from service.node.node import Node, NodeError
from service.node.process import find_scripts
from tests.support.ports import settled

T = TypeVar("T")

URL_VARIABLE: Final = "HUB_TEST_AMQP_URL"
IMAGE: Final = "rabbitmq:4.2-management"


class NoBroker(Exception):
    """No RabbitMQ can be had here; the text says what was tried."""


@dataclass(frozen=True)
class Broker:
    """A RabbitMQ that speaks, for the whole session."""

    url: str
    version: str
    origin: str

    def __str__(self) -> str:
        return f"RabbitMQ {self.version}, {self.origin}"


@dataclass(frozen=True)
class OwnNames(Names):
    """Names under a prefix of the test's own; notes the queues asked for, to delete them."""

    prefix: str = field(default_factory=lambda: f"t{secrets.token_hex(5)}")
    queues: set[str] = field(default_factory=set)

    def queue(self, integration: str) -> str:
        return self._noted(super().queue(integration))

    def lease(self, integration: str) -> str:
        return self._noted(super().lease(integration))

    def reply_queue(self, user: str, word: str = "") -> str:
        return self._noted(super().reply_queue(user, word))

    def _noted(self, queue: str) -> str:
        self.queues.add(queue)
        return queue

    def queues_of_hubs(self) -> set[str]:
        """Every queue that a hub may have declared under the prefix."""
        plain = Names(self.prefix)
        known = _registry.names()
        kinds = (plain.queue, plain.lease)
        of_integrations = {kind(integration) for kind in kinds for integration in known}
        return of_integrations | {self.unrouted, self.dropped, self.dead_letters}

    def all_exchanges(self) -> tuple[str, ...]:
        """Every exchange that a hub declares."""
        first = (self.requests, self.unrouted, self.dropped, self.replies)
        return (*first, self.events, self.dead, self.control)


@contextlib.asynccontextmanager
async def open_broker(environment: Mapping[str, str]) -> AsyncIterator[Broker]:
    """Give the first broker of: the one named, a private node, a container.

    Raises:
        NoBroker: there is none; only the named one is never passed over.
    """
    url = environment.get(URL_VARIABLE)
    if url:
        yield Broker(url, await version_of(url), f"the one of {URL_VARIABLE}")
    elif node_is_possible():
        with tempfile.TemporaryDirectory(prefix="hub-test-broker-") as folder:
            async with Node(settled(Path(folder))) as node:
                yield Broker(node.url, node.version, "a private node")
    else:
        with _container() as url:
            yield Broker(url, await version_of(url), f"a container of {IMAGE}")


@contextlib.contextmanager
def opened(manager: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Enter an async context outside of any test's loop, for fixtures that outlive one test."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        entered = runner.run(_awaited(manager.__aenter__()))
        try:
            yield entered
        finally:
            runner.run(_awaited(manager.__aexit__(None, None, None)))


def node_is_possible() -> bool:
    """Return whether RabbitMQ is installed on this machine."""
    try:
        find_scripts()
    except NodeError:
        return False
    return True


async def version_of(url: str) -> str:
    """Return the version of a broker that lets us in."""
    try:
        connection = await aiormq.connect(url)
    except (OSError, aiormq.exceptions.AMQPError) as error:
        told = f"no broker lets us in at the address of {URL_VARIABLE}: {error}"
        raise NoBroker(told) from error
    try:
        return str(connection.server_properties["version"])
    finally:
        await connection.close()


async def delete_all(url: str, names: OwnNames) -> None:
    """Delete every queue and exchange of a test; those that don't exist cost nothing."""
    connection = await aiormq.connect(url)
    try:
        channel = await connection.channel()
        for queue in names.queues_of_hubs() - names.queues:
            await channel.queue_delete(queue, nowait=True)
        for exchange in names.all_exchanges():
            await channel.exchange_delete(exchange, nowait=True)
        await channel.close()  # all of that is done then
        for queue in names.queues:
            await _delete_queue(await connection.channel(), queue)
    finally:
        await connection.close()


async def _delete_queue(channel: AbstractChannel, queue: str) -> None:
    # Exclusive to a connection that is closing: it goes with that one.
    with contextlib.suppress(aiormq.exceptions.ChannelLockedResource):
        await channel.queue_delete(queue)
        await channel.close()


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable


@contextlib.contextmanager
def _container() -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own deprecated waiting strategy
            from testcontainers.community.rabbitmq import RabbitMqContainer  # noqa: PLC0415 - slow

            container = RabbitMqContainer(IMAGE).start()
    except Exception as error:
        told = (
            f"{URL_VARIABLE} is not set, rabbitmq-server is not installed, "
            f"and no container starts ({error})"
        )
        raise NoBroker(told) from error
    try:
        host, port = container.get_container_host_ip(), container.get_exposed_port(5672)
        yield f"amqp://guest:guest@{host}:{port}/"
    finally:
        container.stop()
