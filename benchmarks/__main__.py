"""The hub beside a hand-written loop: throughput, CPU and latency, in one run.

``scripts/bench [--requests 4000] [--rounds 7] [--delay-ms 2] [--write]``: one broker, one local
upstream, one asker; hub and loop take turns, so a slow moment of the machine hits both. What
counts is the ratio within a round.
"""

import argparse
import contextlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import aio_pika
import psutil
import uvloop

from benchmarks.load import Load, Round
from service.node.node import Node

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs/reference/benchmark.md"
OPERATION = "notion.get_page"
HEAD = """# Benchmark

The hub beside a hand-written aio-pika + aiohttp loop that does the same wire work without any of
its features (`benchmarks/naive.py`). Command: `scripts/bench --write`.
"""


@dataclass(frozen=True)
class Measured:
    """One round of one side."""

    round: Round
    cpu: float
    """Seconds of CPU of the measured process, for each request."""


@dataclass
class Side:
    """One of the two that are compared."""

    name: str
    process: subprocess.Popen[str]
    load: Load
    rounds: list[Measured]

    async def measure(self, count: int, in_flight: int) -> None:
        watched = psutil.Process(self.process.pid)
        before = sum(watched.cpu_times()[:2])
        result = await self.load.run(count, in_flight)
        spent = sum(watched.cpu_times()[:2]) - before
        if result.failed:
            raise SystemExit(f"{self.name}: {result.failed} requests failed.")
        self.rounds.append(Measured(result, spent / count))

    def middle(self, figure: str) -> float:
        found: dict[str, Callable[[Measured], float]] = {
            "rate": lambda one: one.round.rate,
            "cpu": lambda one: one.cpu * 1e6,
            "p50": lambda one: one.round.percentile(0.5) * 1e3,
            "p99": lambda one: one.round.percentile(0.99) * 1e3,
        }
        return median(found[figure](one) for one in self.rounds)


@contextlib.contextmanager
def started(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a child and wait for its first line."""
    process = subprocess.Popen(  # noqa: S603  (our own modules)
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


async def naive_queue(url: str) -> str:
    """Declare what the loop needs: the same kind of queue that the hub has."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange("naive.requests", "topic", durable=True)
        queue = await channel.declare_queue(
            "naive.notion",
            durable=True,
            arguments={"x-queue-type": "quorum", "x-single-active-consumer": True},
        )
        await queue.bind(exchange, "notion.#")
        return queue.name


@contextlib.asynccontextmanager
async def sides(url: str, upstream: str, data: str) -> AsyncIterator[list[Side]]:
    """Start hub and loop on the same broker and upstream."""
    hub = {
        "HUB_AMQP_URL": url,
        "HUB_DATA_DIR": data,
        "HUB_HTTP_PORT": "0",
        "HUB_INTEGRATIONS": "notion",
        "HUB_SANDBOX": "off",
        "NOTION_API_KEY": "x",
        "NOTION_API_URL": upstream,
        "NOTION_LIMIT": "100000/1s burst 100000",
    }
    queue = await naive_queue(url)
    with (
        started("-m", "benchmarks.serve", **hub) as ours,
        started("-m", "benchmarks.naive", url, queue, upstream) as loop,
    ):
        first_line(ours)
        first_line(loop)
        yield [
            Side("hub", ours, Load(url, "hub.requests", OPERATION), []),
            Side("loop", loop, Load(url, "naive.requests", OPERATION), []),
        ]


async def compare(options: argparse.Namespace) -> str:
    """Return the report."""
    with tempfile.TemporaryDirectory() as folder:
        async with Node(Path(folder) / "broker") as node:
            with started("-m", "benchmarks.upstream", str(options.delay_ms / 1000)) as upstream:
                address = f"http://127.0.0.1:{first_line(upstream)}"
                async with sides(node.url, address, folder) as both:
                    for side in both:
                        await side.measure(500, options.in_flight)
                        side.rounds.clear()
                    for _ in range(options.rounds):
                        for side in both:
                            await side.measure(options.requests, options.in_flight)
                    return report(both, options, node.version)


def paired(hub: Side, loop: Side) -> list[float]:
    """Return the hub's throughput by the loop's, round by round: the machine changes in between."""
    rounds = zip(hub.rounds, loop.rounds, strict=True)
    return [ours.round.rate / theirs.round.rate for ours, theirs in rounds]


def report(both: list[Side], options: argparse.Namespace, broker: str) -> str:
    hub, loop = both
    ratios = paired(hub, loop)
    rows = [
        ("requests/s", "rate", 0),
        ("CPU per request, us", "cpu", 0),
        ("p50, ms", "p50", 1),
        ("p99, ms", "p99", 1),
    ]
    lines = ["| figure (median of rounds) | hub | loop |", "|---|---|---|"]
    for title, key, digits in rows:
        ours, theirs = hub.middle(key), loop.middle(key)
        lines.append(f"| {title} | {ours:.{digits}f} | {theirs:.{digits}f} |")
    lines.append("")
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    lines.append(
        f"Throughput of the hub beside the loop's in the same round: {median(ratios):.2f} of it "
        f"(median of the rounds; {spread})."
    )
    lines.append("")
    lines.append(
        f"{options.rounds} rounds of {options.requests} requests each, {options.in_flight} in "
        f"flight, upstream answers after {options.delay_ms:g} ms; RabbitMQ {broker}, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores shared by broker, upstream, asker "
        "and the measured process."
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--in-flight", type=int, default=200)
    parser.add_argument("--delay-ms", type=float, default=2.0)
    parser.add_argument("--write", action="store_true", help=f"also write {REPORT.name} in docs")
    options = parser.parse_args()
    text = uvloop.run(compare(options))
    print(text)
    if options.write:
        REPORT.write_text(f"{HEAD}\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
