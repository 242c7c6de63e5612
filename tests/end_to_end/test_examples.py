"""Every example runs as it stands, against a real hub in the sandbox."""

import re

import pytest

from tests.support.examples import EXAMPLES, PRINTED, run
from tests.support.hub_process import HubProcess


def test_every_example_is_run() -> None:
    assert set(PRINTED) == {path.name for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize(
    "example",
    sorted(set(PRINTED) - {"watch_health.py"}),
    ids=lambda example: example.removesuffix(".py"),  # all of them ask one hub
)
def test_it_prints_what_it_is_for(sandbox_hub: HubProcess, example: str) -> None:
    with run(sandbox_hub.environment, example) as process:
        out, err = process.communicate(timeout=150)
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(PRINTED[example], out), out


def test_the_one_that_goes_on_is_stopped_by_ctrl_c(sandbox_hub: HubProcess) -> None:
    with run(sandbox_hub.environment, "watch_health.py") as process:
        assert process.stdout
        first = process.stdout.readline()
        process.send_signal(2)
        _, err = process.communicate(timeout=150)
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(PRINTED["watch_health.py"], first), first


@pytest.mark.parametrize("example", sorted(PRINTED), ids=lambda name: name.removesuffix(".py"))
def test_it_is_short(example: str) -> None:
    lines = (EXAMPLES / example).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
