"""Every example runs as it stands, against a real hub in the sandbox."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hub_process import HubProcess

EXAMPLES = Path(__file__).parents[2] / "examples"

PRINTED = {
    "plain_amqp.py": r"Kp \d+(\.\d+)?\n",
    "first_call.py": r"(place \d+ turn in \S+ s\n)*Kp \d+(\.\d+)? at 20[-\d]+ \d\d:\d\d UTC\n",
    "many_calls.py": r"(space_weather\.get_\w+ \d+ samples\n){4}",
    "act_once.py": r"(upstream_rejected sent\n){2}idempotency_conflict not_sent\n(sent SM\w+\n){2}",
    "watch_health.py": r"\w+ (up|unconfigured) .*\n",
    "test_my_agent.py": r"(.*\n)*3 passed in .*\n",
}


def run(hub: HubProcess, example: str) -> subprocess.Popen[str]:
    """Start an example as its reader would."""
    how = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if example.startswith("test_") else []
    return subprocess.Popen(  # noqa: S603  (our own command)
        [sys.executable, *how, str(EXAMPLES / example)],
        env=hub.environment | {"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_example_is_run() -> None:
    assert set(PRINTED) == {path.name for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize("example", sorted(set(PRINTED) - {"watch_health.py"}))
def test_it_prints_what_it_is_for(sandbox_hub: HubProcess, example: str) -> None:
    with run(sandbox_hub, example) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(PRINTED[example], out), out


def test_the_one_that_goes_on_is_stopped_by_ctrl_c(sandbox_hub: HubProcess) -> None:
    with run(sandbox_hub, "watch_health.py") as process:
        assert process.stdout
        first = process.stdout.readline()
        process.send_signal(2)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(PRINTED["watch_health.py"], first), first


@pytest.mark.parametrize("example", sorted(PRINTED))
def test_it_is_short(example: str) -> None:
    lines = (EXAMPLES / example).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
