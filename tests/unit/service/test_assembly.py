from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from clients import _registry
from clients._clock import Clock
from contracts import NotConfigured
from service.assembly import Assembly
from service.base import Base
from service.record.records import NotOpened
from tests.support.hub import given

URL = "amqp://127.0.0.1:9"


def base(folder: Path, **variables: str) -> Base:
    return Base(given(HUB_DATA_DIR=str(folder / "data"), **variables), URL, Clock())


@asynccontextmanager
async def assembled(folder: Path, **variables: str) -> AsyncIterator[Assembly]:
    made = Assembly(base(folder, **variables))
    try:
        yield made
    finally:
        await made.store.aclose()


async def test_what_was_named_is_stood_for_and_nothing_runs_yet(tmp_path: Path) -> None:
    async with assembled(tmp_path, HUB_INTEGRATIONS="notion,space_weather") as made:
        says = made.owns()
        assert says.modes == {"notion": "none", "space_weather": "configured"}
        assert (says.owned, says.standing) == ((), ())
        assert (says.store, says.run) == (made.store.store_id, made.who.run)
        assert set(made.handovers) == set(made.leases) == set(made.owners) == set(says.modes)
        assert not any(owner.serving or owner.detached for owner in made.owners.values())


async def test_strays_are_understood_whatever_is_stood_for(tmp_path: Path) -> None:
    async with assembled(tmp_path, HUB_INTEGRATIONS="notion") as made:
        assert set(made.strays) == {"hub.unrouted", "hub.dropped"}
        assert set(made._understandings) == set(_registry.names())


def test_a_record_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotOpened, match=r"cannot be opened: .*unable to open") as told:
        Assembly(base(tmp_path, HUB_DATABASE_URL="sqlite:////nowhere/x"))
    assert str(told.value).endswith(". Look at HUB_DATABASE_URL and HUB_DATA_DIR.")
    assert "\n" not in str(told.value)


def test_what_may_fail_comes_before_what_has_to_be_closed(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="'often' is not a limit"):
        Assembly(base(tmp_path, NOTION_LIMIT="often"))
    assert not (tmp_path / "data").exists()


def test_an_access_file_that_names_no_operation_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "access.json"
    file.write_text('{"alice": {"operations": ["twilio.*", "notoin.get_page"]}}')
    with pytest.raises(NotConfigured, match=r"'alice', .*'notoin\.get_page'.*notion\.get_page"):
        Assembly(base(tmp_path, HUB_INTEGRATIONS="notion", HUB_ACCESS_FILE=str(file)))
    assert not (tmp_path / "data").exists()
