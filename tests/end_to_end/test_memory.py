"""What waits is in the broker: a backlog costs the hub no memory, and no deadline in its window.

`scripts/memory` measures the same with 200,000 requests; its report is docs/reference/memory.md.
What else a busy machine does can only make answers later, so it is measured again, up to three
times, until none is late: what the hub does wrong is wrong in each.
"""

from pathlib import Path

import pytest

from tests.support.backlog import NEAR, Seen, observe
from tests.support.broker import OwnNames, delete_all

ROUNDS = 3


async def one_round(url: str, folder: Path) -> Seen:
    names = OwnNames()
    try:
        return await observe(url, names, folder, backlog=20_000)
    finally:
        await delete_all(url, names)


@pytest.mark.alone
@pytest.mark.slow
async def test_a_backlog_of_20000_requests_costs_no_memory_and_no_deadline(
    amqp_url: str, tmp_path: Path
) -> None:
    for number in range(ROUNDS):
        seen = await one_round(amqp_url, tmp_path / str(number))
        assert seen.growth <= 1.2
        assert seen.inside >= 2 * len(NEAR)
        assert seen.codes <= {"ok", "would_miss_deadline", "expired"}
        if not seen.late:
            break
    assert seen.late == []
