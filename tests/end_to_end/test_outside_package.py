"""`examples/outside_package`, installed as pip does it, adds an integration to a real hub."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agent import Agent
from tests.support.broker import OwnNames
from tests.support.hub_process import ROOT, HubProcess

NAME = "greenhouse"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
ALONE = ("--no-deps", "--no-build-isolation", "--no-index")


def ran(path: str, *words: str) -> str:
    said = subprocess.run(  # noqa: S603  (our own commands)
        [sys.executable, *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "HUB_SANDBOX": "on"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def hub(path: str, *words: str) -> str:
    return ran(path, "-c", "from service.commands import main; main()", *words)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where Python finds the hub, and the package beside it."""
    folder = tmp_path_factory.mktemp("outside")
    source, target = folder / "source", folder / "installed"
    shutil.copytree(ROOT / "examples/outside_package", source)  # pip builds in place
    ran("", *PIP, *ALONE, "--target", str(target), str(source))
    return f"{ROOT}{os.pathsep}{target}"


def test_it_is_listed_with_the_hubs_own(path: str) -> None:
    row = json.loads(hub(path, "integrations", NAME, "--json"))
    assert [one["name"] for one in row["operations"]] == [f"{NAME}.get_climate"]
    assert row["lacking"] == ["GREENHOUSE_API_URL", "GREENHOUSE_KEY"]
    names = {one["name"] for one in json.loads(hub(path, "integrations", "--json"))}
    assert {NAME, "notion"} <= names
    assert NAME not in hub(str(ROOT), "integrations")


def test_it_is_in_the_catalog_and_not_in_the_hubs_files(path: str) -> None:
    shown = json.loads(hub(path, "catalog", f"{NAME}.get_climate", "--json"))
    assert shown["reply"]["temperature_c"] == 21.5
    generated = ran(
        path, "-c", "from service.generate.schemas import requests; print(*requests(), sep='\\n')"
    )
    assert NAME not in generated


async def test_it_answers_over_the_bus(
    amqp_url: str, names: OwnNames, tmp_path: Path, path: str
) -> None:
    names.queue(NAME)
    names.lease(NAME)
    own = {"PYTHONPATH": path, "HUB_INTEGRATIONS": NAME}
    async with (
        HubProcess(amqp_url, names.prefix, tmp_path, **own),
        Agent(amqp_url, names) as agent,
    ):
        climate = await agent.ask(f"{NAME}.get_climate", {"bed": "north-2"})
        refused = await agent.ask(f"{NAME}.get_climate", {"bed": "south-9"})
        unfit = await agent.ask(f"{NAME}.get_climate", {"bed": ""})
    assert climate.json() == {
        "temperature_c": 21.5,
        "humidity_percent": 64.0,
        "measured_at": "2026-03-08T12:00:00Z",
    }
    assert climate.served == "sandbox"
    assert (refused.code, unfit.code) == ("upstream_rejected", "invalid_request")
