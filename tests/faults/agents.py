"""The agents on plain aio-pika, as anyone may write one: they ask, and ask again when in doubt.

None of them believes a broker that says nothing: a publish without a confirm is repeated with the
same id.
"""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aio_pika
import orjson
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage

from contracts import _names as wire
from tests.faults.history import Sent
from tests.faults.hostile import CASES, Malformed, case_of, raw_of
from tests.faults.log import CONFIRM_WITHIN, Log, attempt, got
from tests.faults.plan import Asked
from tests.support.raw_amqp import publish_raw
from tests.support.wait import wait_until

_CONNECT_WITHIN: Final = 10.0
_RAW_TRIES: Final = 3
"""A broker may refuse what no library would write."""
_PREFETCH: Final = 200


class PlainAgent:
    """One on plain aio-pika, with a durable reply queue that outlives its connection."""

    def __init__(self, number: int, url: str, names: wire.Names, log: Log) -> None:
        self.number = number
        self._url = f"{url}?heartbeat=5"
        self._names = names
        self._log = log
        self.queue = names.reply_queue("hub", f"agent{number}")
        self._asked: dict[int, Asked] = {}
        self._deadlines: dict[int, str] = {}
        self._exchange: AbstractExchange | None = None
        self._connection: AbstractConnection | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._absent = asyncio.Event()
        self._again: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._live())

    async def ready(self) -> None:
        """Wait until it is connected."""
        await self._up.wait()

    async def aclose(self) -> None:
        self._task.cancel()
        for task in self._again:
            task.cancel()
        await asyncio.wait([self._task, *self._again])
        if self._connection:
            await attempt(self._connection.close(), CONFIRM_WITHIN)

    def restart(self) -> None:
        """Lose the connection, come back, and ask again for all that has no outcome."""
        self._absent.set()
        self._down.set()

    async def ask(self, asked: Asked) -> None:
        self._asked[asked.number] = asked
        began = time.monotonic()
        deadline = None if asked.within is None else began + asked.within
        if asked.within is not None:  # the same however often it is published
            moment = datetime.now(UTC) + timedelta(seconds=asked.within)
            self._deadlines[asked.number] = moment.isoformat()
        case = case_of(asked) if asked.hostile is not None else ""
        self._log.sent[asked.number] = Sent(
            asked.number,
            self.number,
            asked.lane.operation,
            asked.lane.kind,
            asked.keyed,
            began,
            False,
            0,
            deadline,
            case,
        )
        await self._publish(asked)
        if asked.again is not None:
            self._later(asked)

    def _later(self, asked: Asked) -> None:
        async def again() -> None:
            await pause(asked.again or 0.0)
            await self._publish(asked)

        self._keep(again())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._again.add(task)
        task.add_done_callback(self._again.discard)

    async def _publish(self, asked: Asked) -> None:
        """Publish until it is confirmed."""
        case = CASES[self._log.sent[asked.number].hostile] if asked.hostile is not None else None
        key = (case and case.key) or asked.lane.operation
        while True:
            await self._up.wait()
            confirmed = await self._offer(asked, case, key)
            was = self._log.sent[asked.number]
            self._log.sent[asked.number] = was._replace(
                confirmed=was.confirmed or confirmed, publishes=was.publishes + 1
            )
            if confirmed or (case and case.raw and was.publishes == _RAW_TRIES - 1):
                return
            await pause()

    async def _offer(self, asked: Asked, case: Malformed | None, key: str) -> bool:
        """Publish once; return whether the broker surely has it."""
        if case and case.raw:
            raw, body = raw_of(case, key), _body(asked, case)
            made = publish_raw(self._url, self._names.requests, raw, body)
            return await attempt(made, _CONNECT_WITHIN) is True
        assert self._exchange is not None
        message = self._message(asked, case)
        work = self._exchange.publish(message, key, mandatory=True, timeout=CONFIRM_WITHIN)
        return await attempt(work, CONFIRM_WITHIN + 1) is not None

    def _message(self, asked: Asked, case: Malformed | None) -> aio_pika.Message:
        headers: dict[str, Any] = {}
        if asked.keyed:
            headers[wire.REQUEST_ID_HEADER] = asked.token
        if asked.number in self._deadlines:
            headers[wire.EXPIRY_HEADER] = self._deadlines[asked.number]
        more: dict[str, Any] = {"reply_to": self.queue}
        if case:
            headers |= case.headers
            more |= case.properties
        return aio_pika.Message(
            _body(asked, case),
            headers=headers,
            message_id=asked.token,
            correlation_id=asked.token,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            **more,
        )

    async def _live(self) -> None:
        while True:
            self._down.clear()
            if await attempt(self._open(), _CONNECT_WITHIN):
                self._up.set()
                if self._absent.is_set():
                    self._absent.clear()
                    self._ask_again()
                await self._down.wait()
            self._up.clear()
            if self._connection:
                await attempt(self._connection.close(), 1)
            await pause()

    def _ask_again(self) -> None:
        for number in set(self._asked) & self._log.waiting:
            if self._log.sent[number].confirmed:
                self._keep(self._publish(self._asked[number]))

    async def _open(self) -> bool:
        connection = self._connection = await aio_pika.connect(self._url)
        connection.close_callbacks.add(lambda *_: self._down.set())
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        channel.close_callbacks.add(lambda *_: self._down.set())
        await channel.set_qos(_PREFETCH)
        queue = await channel.declare_queue(self.queue, durable=True)
        await queue.consume(self._take)
        self._exchange = await channel.get_exchange(self._names.requests, ensure=False)
        return True

    async def _take(self, message: AbstractIncomingMessage) -> None:
        if message.headers.get(wire.STAGE_HEADER) == "final":
            number = int((message.correlation_id or "")[-12:], 16)
            ok = message.headers[wire.STATUS_HEADER] == "ok"
            headers = message.headers
            waited = int(str(headers[wire.UPSTREAM_HEADER])) / 1000
            told = got(number, message.body, ok, str(headers[wire.SERVED_HEADER]))
            self._log.arrived(told._replace(upstream=waited))
        with contextlib.suppress(Exception):
            await message.ack()


def _body(asked: Asked, case: Malformed | None) -> bytes:
    if case and case.body:
        return case.body(asked)
    return orjson.dumps(asked.lane.params(asked.token))


async def pause(seconds: float = 0.3) -> None:
    """Do nothing for so long, as agents do."""
    until = time.monotonic() + seconds
    await wait_until(lambda: time.monotonic() >= until, seconds + 60)
