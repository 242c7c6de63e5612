"""What waits is in the broker: a backlog costs the hub no memory, and no deadline in its window.

`scripts/memory` measures the same with 200,000 requests; its report is docs/reference/memory.md.
"""

from pathlib import Path

import pytest

from tests.support.backlog import NEAR, observe
from tests.support.broker import OwnNames


@pytest.mark.alone
@pytest.mark.slow
async def test_a_backlog_of_20000_requests_costs_no_memory_and_no_deadline(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    seen = await observe(amqp_url, names, tmp_path, backlog=20_000)
    assert seen.growth <= 1.2
    assert seen.late == []
    assert seen.inside >= 2 * len(NEAR)
    assert seen.codes <= {"ok", "would_miss_deadline", "expired"}
