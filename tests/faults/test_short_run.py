"""The short run of every merge: ten kinds of fault under 20,000 requests, and nothing is broken.

`scripts/faults` makes longer ones, with other seeds.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.oracle import RECOVERY
from tests.support.absent import absent
from tests.support.broker import node_is_possible
from tests.support.hub_process import ROOT

SEED: Final = 4
PATIENCE: Final = 6
"""A machine with other work recovers so many times slower than promised; the figures are told."""
_WITHIN: Final = 900


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.broker
@pytest.mark.timeout(_WITHIN)
def test_ten_faults_break_no_promise(tmp_path: Path) -> None:
    if not node_is_possible():
        absent("rabbitmq-server is not installed, and this test kills one")
    words = ["--requests", "20000", "--faults", "10", "--seed", str(SEED)]
    done = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "tests.faults", *words, "--folder", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_WITHIN,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    assert told, done.stderr
    print(done.stderr)  # noqa: T201  (pytest shows it if this fails)
    assert {name: count for name, count in told["broken"].items() if count} == {}
    assert done.returncode == 0
    slow = {
        id_: seconds
        for id_, seconds in told["recovery"].items()
        if (promised := RECOVERY.get(id_.partition("-")[0])) and seconds > PATIENCE * promised
    }
    assert slow == {}
