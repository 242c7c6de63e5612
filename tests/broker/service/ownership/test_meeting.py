"""Hubs that do not go together: who starts is refused, who runs says so."""

from pathlib import Path

import pytest

from contracts._events import OwnsEvent
from contracts._names import Names
from service.app import Hub
from service.ownership.meeting import CannotJoin
from tests.support.broker import OwnNames
from tests.support.hub import Given, serving, settings_for
from tests.support.hub_process import HubProcess
from tests.support.wait import wait_until


async def test_a_hub_with_another_record_of_calls_does_not_start(
    amqp_url: str, names: Names, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    first = settings_for(amqp_url, names, here).but(HUB_INSTANCE="first")
    other = settings_for(amqp_url, names, there).but(HUB_INSTANCE="other")
    async with serving(amqp_url, first) as hub:
        with pytest.raises(CannotJoin, match=hub.work.store.store_id):
            async with Hub(other, amqp_url):
                pass
        assert trouble(hub) == {""}, "who was refused has not said a word"
        same = settings_for(amqp_url, names, here).but(HUB_INSTANCE="second")
        async with Hub(same, amqp_url) as second:
            assert second.work.store.store_id == hub.work.store.store_id


def trouble(hub: Hub) -> set[str]:
    """What the hub tells of itself with the health of what it owns."""
    return {one.health.snapshot().detail for one in hub.integrations.values()}


async def test_two_hubs_of_one_name_do_not_run_together(amqp_url: str, settings: Given) -> None:
    named = settings.but(HUB_INSTANCE="twin")
    async with serving(amqp_url, named) as hub:
        with pytest.raises(CannotJoin, match="is called twin too"):
            async with Hub(named, amqp_url):
                pass
        assert trouble(hub) == {""}
    async with serving(amqp_url, named):
        pass  # the former one said goodbye


async def test_a_hub_that_was_killed_starts_again_at_once_under_its_name(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    hub = HubProcess(amqp_url, names.prefix, tmp_path, HUB_INSTANCE="phoenix")
    async with hub:
        for _ in range(2):
            hub.kill()
            await hub.start()


@pytest.mark.parametrize("changed", [{"run": "another"}, {"instance": "x", "store": "another"}])
async def test_who_hears_it_while_it_runs_is_degraded_until_the_other_is_gone(
    amqp_url: str, settings: Given, changed: dict[str, str]
) -> None:
    """Both survived a cut between them, or one was frozen when the other started."""
    async with serving(amqp_url, settings) as hub:
        says = hub.work.owns()
        twin = OwnsEvent.model_validate(says.model_dump() | {"owned": (), "standing": ()} | changed)
        hub.base.events.tell(f"hub.{twin.instance}.owns", twin)
        states = [one.health for one in hub.integrations.values()]
        await wait_until(lambda: {one.state for one in states} == {"degraded"}, 5)
        assert any("another" in one or "called" in one for one in trouble(hub))
        await wait_until(lambda: {one.state for one in states} == {"up"}, 15)
        assert trouble(hub) == {""}
        assert not await hub.ready()
