"""Event loops, and a transport to send with.

The hub runs on uvloop, and must run on asyncio's own loop. A module for both says
``pytestmark = pytest.mark.asyncio(loop_factories=["asyncio", "uvloop"])``.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from clients._transport import AioHttpTransport
from tests.support.leaks import nothing_left

LoopFactories = dict[str, Callable[[], asyncio.AbstractEventLoop]]


def pytest_asyncio_loop_factories(item: pytest.Item) -> LoopFactories:
    """Both loops for who names them, asyncio's own for all others."""
    marker = item.get_closest_marker("asyncio")
    factories: LoopFactories = {"asyncio": asyncio.new_event_loop}
    if marker and "loop_factories" in marker.kwargs:
        factories["uvloop"] = uvloop.new_event_loop
    return factories


@pytest.fixture
async def clean() -> AsyncIterator[None]:
    """Neither tasks nor sockets are left."""
    async for _ in nothing_left():
        yield


@pytest.fixture
async def transport() -> AsyncIterator[AioHttpTransport]:
    """A transport as it comes, closed afterwards."""
    one = AioHttpTransport()
    yield one
    await one.aclose()
