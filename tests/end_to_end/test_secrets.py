"""Every key of every integration is a canary, every vendor echoes what it is sent; none gets out.

The sinks: log, standard output and error at DEBUG; replies, events and dead letters on the bus;
pages and metrics; the files of the hub and of its broker; command lines and environments of all
processes; what `hub settings` prints.
"""

import asyncio
import json
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import psutil
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from clients import _registry
from contracts._names import Names
from service.addresses import read_told
from tests.support.agent import Agent, all_of, apart, fetched
from tests.support.canaries import Canaries
from tests.support.conformance import SUCCESSES
from tests.support.hostile import MOODS, Vendors, variables_of
from tests.support.hub_process import HubProcess
from tests.support.upstream import Upstream

INTEGRATIONS: Final = _registry.names()
CASES: Final = [one for one in SUCCESSES if one.facts.name in INTEGRATIONS]
ONE_EACH: Final = {
    (one.facts.name, one.recording.exchanges[-1].upstream): one for one in CASES
}.values()
MORE: Final = {str(one): one for one in (*ONE_EACH, *CASES[::5])}.values()
WITHIN: Final = 20.0
BRIEFLY: Final = 4.0
"""Seconds for calls that are tried again and again."""
PATIENCE: Final = 90.0
MONITOR: Final = "monitor"
PAGES: Final = (
    "/metrics",
    "/openapi.json",
    "/health/ready",
    "/api/integrations",
    "/api/requests",
    "/api/dead-letters",
    "/api/keys",
    "/nowhere",
)
LEAST_SEEN: Final = 40
"""Canaries that arrived at a vendor: all but those in whose place another key was used."""
LEAST_LACED: Final = 40
"""Results with an echo inside."""
OWN_FILES: Final = {"addresses.json", "node.json", "rabbitmq.conf", ".erlang.cookie"}
"""For this user's eyes only: where the hub and its broker read their own secrets."""


class Up(HubProcess):
    """A hub with a broker of its own: with children."""

    command = "up"


@pytest.mark.slow
async def test_no_sink_has_a_secret(tmp_path: Path) -> None:
    canaries = Canaries()
    vendors = Vendors(canaries)
    async with Upstream(vendors) as stub:
        hub = Up("", "hub", tmp_path, **_variables(stub.url, canaries))
        async with hub, _Sinks(hub, canaries) as sinks:
            for mood in MOODS:
                vendors.mood = mood
                await sinks.ask(mood)
            await sinks.look()
        sinks.files()
        sinks.command("settings")
        sinks.command("settings", "--json")
    assert len(vendors.seen) > LEAST_SEEN
    assert sinks.laced > LEAST_LACED
    assert sinks.found == {}, sinks.hits


def _variables(to: str, canaries: Canaries) -> dict[str, str]:
    found = {
        name: value
        for integration in INTEGRATIONS
        for name, value in variables_of(_registry.load(integration), to, canaries)
    }
    account = {"GOOGLE_SERVICE_ACCOUNT_JSON": _account(canaries), "GOOGLE_REFRESH_TOKEN": ""}
    own = {
        "HUB_AMQP_URL": "",
        "HUB_SANDBOX": "off",
        "HUB_LOG_LEVEL": "debug",
        "HUB_INTEGRATIONS": ",".join(INTEGRATIONS),
        "HUB_HEALTH_INTERVAL": "1",
        "HUB_HTTP_TOKEN": canaries.new("HUB_HTTP_TOKEN"),
    }
    return found | account | own


def _account(canaries: Canaries) -> str:
    """Return a service account's file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    lines = key.decode().splitlines()[2:-2]
    canaries.plant("GOOGLE_SERVICE_ACCOUNT_JSON", *(line[:8] for line in lines))
    account = {"client_email": "hub@project.test", "private_key": key.decode()}
    return json.dumps(account | {"private_key_id": canaries.new("private_key_id")})


class _Sinks:
    """All that leaves a hub; what was found there, by sink."""

    def __init__(self, hub: HubProcess, canaries: Canaries) -> None:
        self.hub = hub
        self.canaries = canaries
        self.found: dict[str, dict[str, bytes]] = {}
        self.hits = 0
        self.laced = 0
        """Results in which an echo was masked."""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        told = read_told(self.hub.folder / "data")
        assert told
        self._told = told
        self.canaries.plant("the broker's password", str(urlsplit(told.amqp_url).password)[:16])
        self.names = Names(told.prefix)
        channel = await self._stack.enter_async_context(apart(told.amqp_url))
        await channel.queue_declare(MONITOR, durable=True)
        for exchange in (self.names.events, self.names.replies, self.names.dead):
            await channel.queue_bind(MONITOR, exchange, routing_key="#")
        self.agent = await self._stack.enter_async_context(Agent(told.amqp_url, self.names))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def ask(self, mood: str) -> None:
        """Call one operation of each upstream; where they succeed, more of them."""
        cases = MORE if mood == "laced" else ONE_EACH
        within = BRIEFLY if mood == "breaks" else WITHIN
        names = [f"{one.facts.name}.{one.operation.method}" for one in cases]
        sends = [
            self.agent.send(name, one.recording.params, id=f"{mood}-{name}", within=within)
            for name, one in zip(names, cases, strict=True)
        ]
        await self.agent.finals(await all_of(*sends), PATIENCE)
        await self.agent.send("notion.get_page", {}, id=f"{mood}-buried", reply_to="hub.requests.x")

    async def look(self) -> None:
        """Look at what it has answered, told and shown, and at its processes."""
        for one in self.agent.log.all:
            self._search("replies", one.body + repr(one.headers).encode())
            self.laced += one.ok and b"***" in one.body
        seen = set[str]()
        for message in await fetched(self._told.amqp_url, MONITOR):
            seen.add(str(getattr(message.delivery, "exchange", "")))
            self._search("bus", message.body + repr(message.header.properties).encode())
        assert seen == {self.names.events, self.names.dead}
        for path in PAGES:
            self._search(path, await asyncio.to_thread(self._page, path))
        for name in INTEGRATIONS:
            for end in ("", "/health"):
                path = f"/api/integrations/{name}{end}"
                self._search(path, await asyncio.to_thread(self._page, path))
        self._processes()

    def files(self) -> None:
        """Look at all that lies in its folder, log and database too."""
        for file in self.hub.folder.rglob("*"):
            if file.is_file() and file.name not in OWN_FILES:
                self._search(f"file {file.name}", file.read_bytes())

    def command(self, *words: str) -> None:
        """Look at what a command prints."""
        program = [sys.executable, "-c", "from service.commands import main; main()", *words]
        done = subprocess.run(  # noqa: S603  (our own command)
            program, env=self.hub.environment, capture_output=True, check=True, cwd=self.hub.folder
        )
        assert b"***" in done.stdout
        self._search("hub " + " ".join(words), done.stdout + done.stderr)

    def _processes(self) -> None:
        hub = psutil.Process(self.hub.pid)
        children = hub.children(recursive=True)
        assert children
        for one in (hub, *children):
            self._search("command line", "\0".join(one.cmdline()).encode())
        for one in children:
            self._search("environment", repr(one.environ()).encode())

    def _page(self, path: str) -> bytes:
        token = {"Authorization": f"Bearer {self._told.http_token}"}
        request = urllib.request.Request(self.hub.http + path, headers=token)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return bytes(answer.read() + str(answer.headers).encode())
        except urllib.error.HTTPError as error:
            with error:
                return bytes(error.read() + str(error.headers).encode())

    def _search(self, sink: str, data: bytes) -> None:
        for name, places in self.canaries.found(data).items():
            self.hits += len(places)
            self.found.setdefault(sink, {})[name] = places[0]
