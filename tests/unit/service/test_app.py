"""A start that comes to nothing; the whole hub is in tests/broker/service/test_app*.py."""

import asyncio
import threading
from pathlib import Path

import pytest

from service.amqp.errors import LinkLost
from service.app import Hub
from tests.support.hub import given

NOBODY = "amqp://127.0.0.1:9"


def hub(folder: Path) -> Hub:
    return Hub(given(HUB_DATA_DIR=str(folder), HUB_SANDBOX="on"), NOBODY)


def writers() -> list[str]:
    """The threads of records of calls that are open."""
    return [one.name for one in threading.enumerate() if one.name == "hub-store"]


async def test_without_a_broker_it_ends_with_nothing_open(tmp_path: Path) -> None:
    with pytest.raises(LinkLost, match="nobody listens"):
        async with hub(tmp_path):
            pass
    assert (tmp_path / "calls.sqlite3").exists()
    assert writers() == []


async def test_so_it_does_when_it_is_told_to_end(tmp_path: Path) -> None:
    start = asyncio.create_task(hub(tmp_path).__aenter__())
    await asyncio.sleep(0)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert (tmp_path / "calls.sqlite3").exists()
    assert writers() == []
