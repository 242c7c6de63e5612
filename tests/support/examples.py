"""The programs below ``examples/``, run as their reader would, and what they print."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

EXAMPLES: Final = Path(__file__).parents[2] / "examples"

PRINTED: Final = {
    "plain_amqp.py": r"Kp \d+(\.\d+)?\n",
    "first_call.py": r"(place \d+ turn in \S+ s\n)*Kp \d+(\.\d+)? at 20[-\d]+ \d\d:\d\d UTC\n",
    "many_calls.py": r"(space_weather\.get_\w+ \d+ samples\n){4}",
    "act_once.py": r"(upstream_rejected sent\n){2}idempotency_conflict not_sent\n(sent SM\w+\n){2}",
    "hear_dead_letters.py": r"space_weather\.get_kp_index reply_unroutable\n",
    "watch_health.py": r"\w+ (up|unconfigured) .*\n",
    "test_my_agent.py": r"(.*\n)*3 passed in .*\n",
}


def run(environment: Mapping[str, str], example: str) -> subprocess.Popen[str]:
    """Start an example as its reader would."""
    how = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if example.startswith("test_") else []
    return subprocess.Popen(  # noqa: S603  (our own command)
        [sys.executable, *how, str(EXAMPLES / example)],
        env={**environment, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
