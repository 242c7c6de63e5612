"""One run: plan, world, load and faults, then quiet; and what was seen."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.faults.history import Dead, History, read
from tests.faults.hostile import CASES
from tests.faults.load import Load, until
from tests.faults.log import attempt
from tests.faults.plan import Plan
from tests.faults.strike import Strikes
from tests.faults.stub import Seen
from tests.faults.world import World
from tests.support.wait import wait_until

QUIET_WITHIN: Final = 90.0
_EVERY: Final = 10.0
_LOOKS: Final = 1.0

Tell = Callable[[str], None]


async def run(plan: Plan, folder: Path, tell: Tell) -> History:
    """Do what the plan says in that folder, and return what was seen."""
    history = History()
    async with World.opened(plan, folder) as world:
        history.began = time.monotonic()
        kind = world.store.partition(":")[0]
        tell(f"{len(world.hubs)} hubs serve, their record of calls is in {kind}")
        load = Load(world)
        strikes = Strikes(world, load, tell)
        shown = asyncio.create_task(_show(world, load, tell))
        async with asyncio.TaskGroup() as both:
            both.create_task(load.run())
            both.create_task(strikes.run())
        history.quiet = time.monotonic()
        tell("quiet: no more faults, nothing more is asked")
        history.dead = await _drained(world)
        history.left = await world.left()
        shown.cancel()
        history.sent = list(world.log.sent.values())
        history.got, history.joined = world.log.got, world.joined
        history.faults = strikes.happened
    calls = [one for name in ("stubs", "limited") for one in read(folder / f"{name}.jsonl", Seen)]
    history.calls = sorted(calls)
    history.save(folder)
    return history


async def _drained(world: World) -> list[Dead]:
    """Wait until everything has its outcome and no queue has anything, but not for ever."""
    dead: list[Dead] = []
    last = time.monotonic() + QUIET_WITHIN

    async def done() -> bool:
        await until(time.monotonic() + _LOOKS)
        dead.extend(await attempt(world.graves(), 10 * _LOOKS) or [])
        missing = world.log.waiting - {one.token for one in dead}
        if time.monotonic() > last:
            return True  # the oracle says what is missing
        return not missing and _buried(world, dead) and not any((await world.left()).values())

    await wait_until(done, 2 * QUIET_WITHIN)
    return dead


def _buried(world: World, dead: list[Dead]) -> bool:
    found = {one.token for one in dead}
    expected = (
        one.token
        for one in world.log.sent.values()
        if one.hostile and one.confirmed and not CASES[one.hostile].answered
    )
    return found.issuperset(expected)


async def _show(world: World, load: Load, tell: Tell) -> None:
    while True:
        await until(time.monotonic() + _EVERY)
        told = f"asked {load.fed} of {world.plan.requests}, answered {len(world.log.finals)}"
        tell(f"{told}, waiting {len(world.log.waiting)}")
