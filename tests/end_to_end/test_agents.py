"""Agents with the SDK and a real hub in a process of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts import Expired, HealthEvent, InvalidRequest, UnknownOperation
from contracts.space_weather import GetEstimatedKp, GetKpIndex
from sdk import Hub
from tests.support.hub_process import HubProcess

MANY = 2000
QUICK = 240
"""Seconds for so many calls at once, on two cores with other work."""


@pytest.fixture
async def hub(sandbox_hub: HubProcess) -> AsyncIterator[Hub]:
    async with Hub(sandbox_hub.url, prefix=sandbox_hub.prefix, name="agents") as one:
        yield one


async def test_thousands_of_calls_are_under_way_at_once(hub: Hub) -> None:
    async with asyncio.timeout(QUICK):
        got = await asyncio.gather(*(hub.call(GetKpIndex(), within=QUICK) for _ in range(MANY)))
    assert len(got) == MANY
    assert all(one.samples for one in got)


async def test_a_request_without_sense_is_refused_with_sense(hub: Hub) -> None:
    with pytest.raises(UnknownOperation, match=r"Did you mean .*space_weather\.get_kp_index"):
        await hub.call("space_weather.get_kp_indx")
    with pytest.raises(UnknownOperation, match=r"no operation 'nowhere\.at_all'"):
        await hub.call("nowhere.at_all")
    with pytest.raises(InvalidRequest) as caught:
        await hub.call("notion.get_page", page="x")
    assert {one.field for one in caught.value.facts.errors} == {"page_id", "page"}


async def test_a_paused_integration_keeps_its_requests(hub: Hub) -> None:
    """Those with a deadline expire, the others are answered after it."""
    async with asyncio.TaskGroup() as group:
        try:
            assert (await hub.order("pause", "space_weather")).startswith("space_weather")
            patient = group.create_task(hub.call(GetEstimatedKp(), within=None))
            with pytest.raises(Expired):
                await hub.call(GetEstimatedKp(), within=0.5)
            assert not patient.done()
        finally:
            assert (await hub.order("resume", "space_weather")).startswith("space_weather")
    assert patient.result().samples


async def test_what_is_submitted_is_answered_later(hub: Hub) -> None:
    asked = {await hub.submit(GetKpIndex(), within=QUICK) for _ in range(50)}
    async with asyncio.timeout(QUICK), hub.replies() as replies:
        async for reply in replies:
            asked.remove(reply.request_id)
            assert reply.result(GetKpIndex).samples
            if not asked:
                break


async def test_the_state_of_everything_is_told_again_and_again(hub: Hub) -> None:
    untold = {"notion", "space_weather", "twilio"}
    async with asyncio.timeout(QUICK):
        async for event in hub.events("health.#"):
            untold.discard(event.read(HealthEvent).integration)
            if not untold:
                break
