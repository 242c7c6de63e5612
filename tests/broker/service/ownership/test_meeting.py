from pathlib import Path

import pytest

from contracts._names import Names
from service.app import Hub
from service.ownership.meeting import ForeignStore
from tests.support.hub import serving, settings_for


async def test_a_hub_with_another_record_of_calls_does_not_start(
    amqp_url: str, names: Names, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    first = settings_for(amqp_url, names, here).but(HUB_INSTANCE="first")
    other = settings_for(amqp_url, names, there).but(HUB_INSTANCE="other")
    async with serving(amqp_url, first) as hub:
        with pytest.raises(ForeignStore, match=hub.store.store_id):
            async with Hub(other, amqp_url):
                pass
        same = settings_for(amqp_url, names, here).but(HUB_INSTANCE="second")
        async with Hub(same, amqp_url) as second:
            assert second.store.store_id == hub.store.store_id
