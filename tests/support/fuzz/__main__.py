"""The long run of `scripts/fuzz`: the properties of every run, with as many examples as fit.

Exit code 0: nothing found; 1: something was, and the example is printed.
"""

import argparse
import asyncio
import itertools
import logging
import os
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from clients._client import Client
from tests.support.broker import NoBroker, OwnNames, delete_all, open_broker
from tests.support.conformance import CLIENTS
from tests.support.fuzz import envelopes, over_bus, parameters
from tests.support.fuzz.over_bus import under_fire
from tests.support.raw_amqp import Raw

PER_ROUND: Final = 300
BATCHES: Final = 3
_WIDEST: Final = 400
_MOST_LINES: Final = 60
_ALL: Final = (Phase.generate, Phase.shrink)

Play = Callable[[int], None]
"""A round of examples, made from its seed."""
Test = Callable[..., None]


def configured(many: int, number: int, *phases: Phase) -> Callable[[Test], Test]:
    """Return the decorator of a round: its own seed, and nothing kept between runs."""
    quiet = settings(
        max_examples=many,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=phases,
    )
    return lambda test: seed(number)(quiet(test))


def of_envelopes(closed: bool, counts: Counter[str]) -> Play:
    """Return the rounds of envelopes."""
    hub = envelopes.understanding(closed=closed)

    def play(number: int) -> None:
        @configured(PER_ROUND, number, *_ALL)
        @given(envelopes.messages)
        def every(message: tuple[Raw, bytes]) -> None:
            counts[f"envelope: {envelopes.outcome(hub, envelopes.received(*message))}"] += 1

        every()

    return play


def of_parameters(facts: type[Client], counts: Counter[str]) -> Play:
    """Return the rounds of one integration's parameters."""

    def play(number: int) -> None:
        @configured(PER_ROUND, number, *_ALL)
        @given(parameters.for_client(facts), st.sampled_from(parameters.ANSWERS))
        def every(drawn: parameters.Drawn, answer: object) -> None:
            became = asyncio.run(parameters.outcome(facts, drawn, answer))
            counts[f"parameters: {became}"] += 1

        every()

    return play


def of_the_bus(ear: over_bus.Ear, counts: Counter[str]) -> Play:
    """Return the rounds of raw frames: drawn first, then sent."""

    def play(number: int) -> None:
        drawn: list[over_bus.Batch] = []

        @configured(BATCHES, number, Phase.generate)
        @given(over_bus.batches)
        def every(batch: over_bus.Batch) -> None:
            drawn.append(batch)

        every()
        counts["over the bus"] += asyncio.run(fired(drawn))

    async def fired(batches: list[over_bus.Batch]) -> int:
        return sum([await ear.fire(one) for one in batches])

    return play


@asynccontextmanager
async def plays(counts: Counter[str]) -> AsyncIterator[list[Play]]:
    """Give all that is played in turn; without a broker the bus is left out, and that is said."""
    made = [of_envelopes(closed, counts) for closed in (False, True)]
    made += [of_parameters(facts, counts) for facts in CLIENTS]
    names = OwnNames()
    async with AsyncExitStack() as stack:
        try:
            broker = await stack.enter_async_context(open_broker(os.environ))
        except NoBroker as reason:
            print(f"fuzz: without the bus: {reason}", flush=True)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-fuzz-"))
            stack.push_async_callback(delete_all, broker.url, names)
            ear = await stack.enter_async_context(under_fire(broker.url, names, Path(folder)))
            made = [one for play in made for one in (play, of_the_bus(ear, counts))]
        yield made


def played(all_: list[Play], number: int, until: float) -> str:
    """Play rounds until the time is over; return what was found, or nothing."""
    for play, turn in zip(itertools.cycle(all_), itertools.count(number), strict=False):
        if time.monotonic() >= until:
            break
        try:
            play(turn)
        except BaseException:  # noqa: BLE001  (whatever an example raises is the finding)
            lines = [line[:_WIDEST] for line in traceback.format_exc().splitlines()]
            return "\n".join(lines[-_MOST_LINES:])
    return ""


async def run(minutes: float, number: int) -> int:
    """Play for so long; return the exit code."""
    counts: Counter[str] = Counter()
    async with plays(counts) as all_:
        until = time.monotonic() + minutes * 60
        found = await asyncio.to_thread(played, all_, number, until)
    for what, many in sorted(counts.items()):
        print(f"  {many:>9}  {what}")
    if found:
        print(found)
    told = "FOUND something, see above" if found else "nothing found"
    print(f"fuzz: {told}: {counts.total()} examples, --seed {number}")
    return bool(found)


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    given_ = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # hypothesis, of long examples
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(run(given_.minutes, given_.seed))


if __name__ == "__main__":
    sys.exit(main())
