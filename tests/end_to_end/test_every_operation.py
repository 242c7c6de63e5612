"""One hub with every integration in the sandbox: each operation answers over the real bus."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients import _recordings, _registry
from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.wait import wait_until

NAMES = _registry.names()
WITHIN = 60.0
"""Seconds for all of them at once, on two busy cores."""
LEAST = 170
"""Operations, as the issue counts them."""


def asked() -> Iterator[tuple[str, Any]]:
    """Every operation with the parameters of its success."""
    for name in NAMES:
        facts = _registry.load(name)
        recorded = {one.name: one.params for one in _recordings.of(name, facts.__module__)}
        for method in facts.operations:
            yield f"{name}.{method}", recorded[f"{method}.success"]


def unlimited() -> dict[str, str]:
    """No limit that is worth waiting for, and none of what a plan allows at once."""
    facts = map(_registry.load, NAMES)
    limits = (one.limit_variable for client in facts for one in client.upstreams.values())
    return dict.fromkeys(limits, "1000000/1s")


async def serves_all(hub: HubProcess) -> bool:
    return await hub.serving() == set(NAMES)


@pytest.mark.slow
async def test_every_operation_succeeds_in_the_sandbox(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    for name in NAMES:
        names.queue(name)
        names.lease(name)
    everything = {"HUB_INTEGRATIONS": ",".join(NAMES), **unlimited()}
    async with (
        HubProcess(amqp_url, names.prefix, tmp_path, **everything) as hub,
        Agent(amqp_url, names) as agent,
    ):
        await wait_until(lambda: serves_all(hub), 30, "all integrations")
        wanted = dict(asked())
        assert len(wanted) >= LEAST
        sends = (agent.send(name, params, id=name) for name, params in wanted.items())
        await agent.finals(await all_of(*sends), WITHIN)
    got = {name: replies[0] for name, replies in agent.log.finals.items()}
    assert {name: one.json() for name, one in got.items() if not one.ok} == {}
    assert {one.served for one in got.values()} == {"sandbox"}
    assert got.keys() == wanted.keys()
