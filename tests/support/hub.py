"""A hub inside the test's own loop, on a real broker, in front of a scripted upstream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from clients._environment import Environment
from contracts._names import Names
from service.app import Hub
from service.settings import Settings
from tests.support.agent import Agent
from tests.support.vendor import variables
from tests.support.wait import wait_until


class Given(Settings):
    """Settings of a hub that sees nothing but what the test gives."""

    given: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (the base class's)
        init_settings: PydanticBaseSettingsSource,
        *_: Any,  # noqa: ANN401
        **__: Any,  # noqa: ANN401
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @cached_property
    def environment(self) -> Environment:
        return Environment(self.given)

    def but(self, **variables: str) -> "Given":
        """The same with these variables on top; an empty one is not set."""
        return given(**(self.given | variables))


def given(**variables: str) -> Given:
    """Return the settings that these variables make."""
    filled = {name: value for name, value in variables.items() if value}
    own = {name[4:].lower(): value for name, value in filled.items() if name[:4] == "HUB_"}
    return Given.model_validate(own | {"given": filled})


def settings_for(url: str, names: Names, folder: Path) -> Given:
    """Return the settings of a hub in front of the stub at `url`."""
    own = {"HUB_PREFIX": names.prefix, "HUB_DATA_DIR": str(folder)}
    return given(**(variables(url) | own))


@asynccontextmanager
async def serving(amqp_url: str, settings: Settings) -> AsyncIterator[Hub]:
    """Give a hub that serves all that it stands for."""
    async with Hub(settings, amqp_url) as hub:
        await wait_until(lambda: serves(hub), 15, "the hub's readiness")
        yield hub


async def lacks_nothing(hub: Hub) -> bool:
    """Whether the hub says that it is ready."""
    return not await hub.ready()


async def serves(hub: Hub) -> bool:
    """Whether the hub owns all its integrations, and takes their requests."""
    return await lacks_nothing(hub) and all(owner.serving for owner in hub.owners.values())


@asynccontextmanager
async def asked(
    amqp_url: str, names: Names, settings: Settings
) -> AsyncIterator[tuple[Hub, Agent]]:
    """Give a hub that serves, and an agent that may ask it."""
    async with serving(amqp_url, settings) as hub, Agent(amqp_url, names) as agent:
        yield hub, agent
