"""A hub's memory with a backlog, beside that with a few requests, and its deadlines meanwhile.

``scripts/memory [--backlog 200000] [--write]``: one broker, one local upstream, one hub under a
limit. `tests/end_to_end/test_memory.py` holds the same measurement, smaller, against its bounds.
"""

import argparse
import asyncio
import os
import platform
import tempfile
from pathlib import Path

from contracts._names import Names
from service.node.node import Node
from tests.support.backlog import EVERY, FEW, GRACE, RATE, WINDOW, Seen, observe

REPORT = Path(__file__).parents[1] / "docs/reference/memory.md"
HEAD = """# Memory

What waits is in the broker: a hub holds its window and no more, however long the queue is.
Command: `scripts/memory --write`.
"""


async def measure(backlog: int) -> tuple[Seen, str]:
    """Return what was seen, and the broker's version."""
    with tempfile.TemporaryDirectory() as folder:
        async with Node(Path(folder) / "broker") as node:
            return await observe(node.url, Names(), Path(folder) / "hub", backlog), node.version


def report(seen: Seen, broker: str) -> str:
    many, mib = f"{seen.asked:,}", 2**20
    codes = ", ".join(f"`{code}`" for code in sorted(seen.codes))
    return f"""\
| figure | with {FEW} requests | with {many} |
|---|---|---|
| memory of the hub (RSS), MiB | {seen.few / mib:.1f} | {seen.most / mib:.1f} |

{seen.growth:.3f} times as much (the bound is 1.2); the second figure is the peak while the \
backlog grew and was worked off at {RATE} a second.

One request in {EVERY} had a deadline around the time of its turn. {seen.inside} of them came into \
the window of {WINDOW} before it passed; {seen.inside - len(seen.late)} of those were answered in \
time ({GRACE:g} s of grace for a busy machine), with {codes}.

RabbitMQ {broker}, Python {platform.python_version()}, {os.cpu_count()} cores shared by broker, \
upstream, asker and hub. Judged from outside: the process's RSS as the system tells it, and the \
asker's log of replies."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/memory", description=__doc__)
    parser.add_argument("--backlog", type=int, default=200_000)
    parser.add_argument("--write", action="store_true", help=f"also write {REPORT.name} in docs")
    options = parser.parse_args()
    text = report(*asyncio.run(measure(options.backlog)))
    print(text)
    if options.write:
        REPORT.write_text(f"{HEAD}\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
