"""How an agent is tested without a broker: a `FakeHub` in the place of the `Hub`."""

import asyncio

from contracts import CircuitOpen, UpstreamFault
from contracts.space_weather import GetKpIndex, KpIndex
from sdk import FakeHub, Hub

STORM = 5
"""Planetary K index from which on it is a geomagnetic storm."""


async def aurora_tonight(hub: Hub) -> str:
    """The agent: says whether it is worth looking north."""
    try:
        series = await hub.call(GetKpIndex(), within=30)
    except UpstreamFault:
        return "ask again later"
    return "yes" if max(sample.kp or 0 for sample in series.samples) >= STORM else "no"


def index(*values: float) -> KpIndex:
    """Return what NOAA would say."""
    samples = [{"time": "2026-03-08T00:00:00Z", "kp": value} for value in values]
    return KpIndex.model_validate({"samples": samples})


async def ask(answer: KpIndex | CircuitOpen) -> str:
    """Run the agent with one answer of the hub."""
    async with FakeHub() as hub:
        hub.answer(GetKpIndex, answer)
        said = await aurora_tonight(hub)
        assert hub.asked(GetKpIndex) == [GetKpIndex()]
        return said


def test_a_storm_is_worth_looking_for() -> None:
    """One strong interval is enough."""
    assert asyncio.run(ask(index(2.33, 7.67))) == "yes"


def test_a_quiet_night_is_not() -> None:
    """Many nights are."""
    assert asyncio.run(ask(index(2.33, 3.0))) == "no"


def test_an_outage_is_no_answer() -> None:
    """Failures of the vendor are not the agent's."""
    assert asyncio.run(ask(CircuitOpen("NOAA is down"))) == "ask again later"
