"""The types of the SDK are part of its interface, and tested as such."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
CHECKED = Path(__file__).parent / "typing"


def test_calls_are_typed_by_their_contracts() -> None:
    done = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "mypy", "--no-error-summary", str(CHECKED)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout + done.stderr == ""
