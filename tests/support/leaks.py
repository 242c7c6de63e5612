"""What a test may not leave behind: tasks of its loop, sockets of this process."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import psutil

from tests.support.wait import wait_until


class Socket(NamedTuple):
    """One of this process's TCP sockets."""

    local: tuple[object, ...]
    remote: tuple[object, ...]


def open_sockets() -> set[Socket]:
    """Return the TCP sockets that this process has open."""
    found = psutil.Process().net_connections("tcp")
    return {Socket(tuple(one.laddr), tuple(one.raddr)) for one in found if one.fd >= 0}


async def nothing_left() -> AsyncIterator[None]:
    """Fail if a task or a socket that was not there before is there 2 s afterwards."""
    tasks, sockets = asyncio.all_tasks(), open_sockets()
    yield

    def left() -> list[object]:
        new_tasks = asyncio.all_tasks() - tasks - {asyncio.current_task()}
        return [*new_tasks, *(open_sockets() - sockets)]

    await wait_until(lambda: not left(), within=2.0, what=f"the end of {left()}")
