"""A hub in a process of its own, in the sandbox, for all tests that only ask it."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.broker import Broker, OwnNames, delete_all, opened
from tests.support.hub_process import HubProcess


@pytest.fixture(scope="session")
def sandbox_hub(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that answers from its recordings, without limits worth waiting for."""
    names = OwnNames()
    folder = tmp_path_factory.mktemp("hub")
    quick = {"SPACE_WEATHER_SWPC_LIMIT": "10000/1s", "HUB_HEALTH_INTERVAL": "1"}
    with opened(HubProcess(broker.url, names.prefix, folder, **quick)) as hub:
        yield hub
    asyncio.run(delete_all(broker.url, names))
