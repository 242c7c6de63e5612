"""The agents on the SDK."""

import asyncio
import contextlib
import time

from contracts import Failure
from contracts import _names as wire
from sdk import Hub, HubUnreachable, Options
from tests.faults.history import Sent
from tests.faults.log import CONFIRM_WITHIN, Log, attempt, got
from tests.faults.plan import Asked


class SdkAgent:
    """One that uses the SDK; it sees one outcome for each request."""

    def __init__(self, number: int, url: str, names: wire.Names, log: Log) -> None:
        self.number = number
        self._hub = Hub(url, prefix=names.prefix)
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        await self._hub.__aenter__()

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await attempt(self._hub.__aexit__(None, None, None), CONFIRM_WITHIN)

    async def ask(self, asked: Asked) -> None:
        """Ask, without a deadline of its own: the SDK gives up at one, and hears no more."""
        self._log.sent[asked.number] = Sent(
            asked.number,
            self.number,
            asked.lane.operation,
            asked.lane.kind,
            asked.lane.kind != "safe",
            time.monotonic(),
            True,
            1,
        )
        task = asyncio.create_task(self._ask(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, asked: Asked) -> None:
        lane, options = asked.lane, Options(within=None, request_id=asked.token)
        with contextlib.suppress(HubUnreachable, Failure):  # no outcome: the oracle sees it
            reply = await self._hub.ask(lane.operation, lane.params(asked.token), options)
            told = got(asked.number, reply.body, reply.ok, reply.served)
            self._log.arrived(told._replace(upstream=reply.upstream))
