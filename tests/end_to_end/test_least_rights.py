"""Everything works with the rights that we ship: hub, SDK, commands and examples."""

import asyncio
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from service.node.node import Node
from tests.support.broker import opened
from tests.support.examples import PRINTED, run
from tests.support.hub_process import HubProcess
from tests.support.rights import NAMES, secured
from tests.support.wait import wait_until

ACCESS = {
    "alice": {"operations": ["space_weather.*", "twilio.*"]},
    "bob": {"operations": ["notion.get_me"]},
    "olga": {"operations": [], "operator": True},
    "http": {"operations": ["space_weather.get_kp_index"]},
}
PATIENCE = 150.0
"""Seconds for one command, whatever else the machine does."""
NOT_FOR_AGENTS = {"hear_dead_letters.py"}
QUICK = {"SPACE_WEATHER_SWPC_LIMIT": "10000/1s", "HUB_HEALTH_INTERVAL": "1"}


@dataclass
class Secured:
    hub: HubProcess
    urls: Mapping[str, str]

    def of(self, user: str) -> dict[str, str]:
        """The environment of an agent: the broker's address, and nothing of the hub."""
        return self.hub.environment | {"HUB_AMQP_URL": self.urls[user]}

    def cli(self, user: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `hub` command as this user."""
        main = "from service.commands import main; main()"
        return subprocess.run(  # noqa: S603  (our own command)
            [sys.executable, "-c", main, *words],
            env=self.of(user),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture(scope="module")
def at(module_node: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("rights")
    urls = asyncio.run(secured(module_node, folder, ACCESS))
    variables = QUICK | {"HUB_ACCESS_FILE": str(folder / "access.json")}
    with opened(HubProcess(urls["hub"], NAMES.prefix, folder / "hub", **variables)) as hub:
        yield Secured(hub, urls)


def post(base: str, operation: str) -> int:
    """Call over HTTP; return the status."""
    body = json.dumps({"operation": operation}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/api/calls", body, headers)  # noqa: S310  (our own)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize(
    "example",
    sorted(set(PRINTED) - NOT_FOR_AGENTS - {"watch_health.py"}),
    ids=lambda example: example.removesuffix(".py"),  # all of them on one broker
)
def test_an_example_runs_with_an_agents_rights(at: Secured, example: str) -> None:
    with run(at.of("alice"), example) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(PRINTED[example], out), out


def test_an_agent_hears_events(at: Secured) -> None:
    with run(at.of("alice"), "watch_health.py") as process:
        assert process.stdout
        first = process.stdout.readline()
        process.send_signal(2)
        process.communicate(timeout=PATIENCE)
    assert re.fullmatch(PRINTED["watch_health.py"], first), first


def test_the_command_line_is_an_agent_too(at: Secured) -> None:
    called = at.cli("alice", "call", "space_weather.get_kp_index", "--json")
    assert (called.returncode, called.stderr) == (0, "")
    assert json.loads(called.stdout)["samples"]


def test_who_asks_over_http_has_an_entry_too(at: Secured) -> None:
    codes = [post(at.hub.http, one) for one in ("space_weather.get_kp_index", "notion.get_me")]
    assert codes == [200, 403]


def test_what_an_agent_may_not_is_forbidden(at: Secured) -> None:
    asked = at.cli("bob", "call", "space_weather.get_kp_index", "--json")
    assert (asked.returncode, json.loads(asked.stdout)["code"]) == (1, "forbidden")


def test_only_an_operator_pauses(at: Secured) -> None:
    refused = at.cli("alice", "pause", "notion", "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["code"] == "forbidden"
    assert at.cli("olga", "pause", "notion").returncode == 0
    assert at.cli("olga", "resume", "notion").returncode == 0


async def test_the_hub_finds_nothing_too_open_at_the_broker(at: Secured) -> None:
    await wait_until(lambda: at.hub.logged("looked_for_what_is_too_open"), 20, "its look")
    (looked,) = at.hub.logged("looked_for_what_is_too_open")
    found = [str(one["what"]) for one in at.hub.logged("too_open")]
    assert (looked["found"], looked["not_all"]) == (1, "")
    assert "HUB_HTTP_TOKEN is not set" in found[0]
