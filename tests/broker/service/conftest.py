"""A stub vendor, and the settings of a hub in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.broker import OwnNames
from tests.support.hub import Given, settings_for
from tests.support.upstream import Upstream
from tests.support.vendor import Stub


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    stub = Stub()
    async with Upstream(stub) as stub.up:
        yield stub


@pytest.fixture
def settings(stub: Stub, names: OwnNames, tmp_path: Path) -> Given:
    return settings_for(stub.up.url, names, tmp_path)
