"""A hub inside the test's own loop, on a real broker, in front of a scripted upstream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from contracts._names import Names
from service.app import Hub
from service.settings import Settings
from tests.support.agent import Agent
from tests.support.vendor import variables
from tests.support.wait import wait_until


class Given(Settings):
    """Settings of which clients see only what the test gives."""

    given: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def variables(self) -> dict[str, str]:
        return self.given


def settings_for(url: str, names: Names, folder: Path, **more: str) -> Given:
    """Return a hub's settings in front of the stub at `url`; `more` are variables, on top."""
    given = {**variables(url), "HUB_PREFIX": names.prefix, "HUB_DATA_DIR": str(folder), **more}
    own = {key.removeprefix("HUB_").lower(): v for key, v in given.items() if key[:4] == "HUB_"}
    settings: dict[str, Any] = {"_env_file": None, "given": given, **own}
    return Given(**settings)


@asynccontextmanager
async def serving(amqp_url: str, settings: Settings) -> AsyncIterator[Hub]:
    """Give a hub that serves all that it stands for."""
    async with Hub(settings, amqp_url) as hub:
        await wait_until(lambda: serves(hub), 15, f"the hub's readiness ({hub.ready()})")
        yield hub


def serves(hub: Hub) -> bool:
    """Whether the hub owns all its integrations, and takes their requests."""
    return not hub.ready() and all(owner.serving for owner in hub.owners.values())


@asynccontextmanager
async def asked(
    amqp_url: str, names: Names, settings: Settings
) -> AsyncIterator[tuple[Hub, Agent]]:
    """Give a hub that serves, and an agent that may ask it."""
    async with serving(amqp_url, settings) as hub, Agent(amqp_url, names) as agent:
        yield hub, agent
