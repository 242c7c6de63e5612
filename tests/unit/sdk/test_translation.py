"""Whatever the libraries raise becomes what is known: denied, lost, silent."""

import asyncio

import pytest
from aio_pika.exceptions import AMQPConnectionError, ChannelClosed, ConnectionClosed

from sdk._errors import Denied, Lost, Silent
from sdk._translation import translated


@pytest.mark.parametrize(
    ("error", "raised", "text"),
    [
        (AMQPConnectionError("gone"), Lost, "gone"),
        (ConnectionResetError("reset"), Lost, "reset"),
        (RuntimeError("closed"), Lost, "closed"),
        (TimeoutError(), Silent, "did not answer in time"),
        (asyncio.CancelledError(), Lost, "no heartbeat"),
        (ConnectionClosed(320, "CONNECTION_FORCED"), Lost, "closed the connection: CONNECTION_FO"),
        (ConnectionClosed(), Lost, "the broker closed the connection:"),
        (AMQPConnectionError(), Lost, "closed the socket"),
        (ChannelClosed(541, "INTERNAL_ERROR"), Denied, "INTERNAL_ERROR"),
        (ChannelClosed(None, None), Lost, "channel was closed"),
        (ChannelClosed(), Lost, "channel was closed"),
        (Exception(), Lost, "closed the socket"),
        (KeyError("bug"), KeyError, "bug"),
    ],
)
async def test_errors_say_what_is_known(
    error: BaseException, raised: type[Exception], text: str
) -> None:
    with pytest.raises(raised, match=text), translated():
        raise error


async def test_outside_any_task_nobody_can_have_been_cancelled() -> None:
    ended = asyncio.get_running_loop().create_future()

    def callback() -> None:
        with pytest.raises(Lost), translated():
            raise asyncio.CancelledError
        ended.set_result(None)

    asyncio.get_running_loop().call_soon(callback)
    await ended


async def test_a_task_that_is_cancelled_stays_cancelled() -> None:
    async def wait() -> None:
        with translated():
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_that_is_cancelled_while_it_runs_stays_cancelled() -> None:
    async def run() -> None:
        task = asyncio.current_task()
        assert task
        task.cancel()  # as Ctrl-C does in the midst of a print
        with translated():
            await asyncio.get_running_loop().create_future()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(run())
