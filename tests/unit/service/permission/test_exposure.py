import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from service.permission.access import Access, Grant
from service.permission.exposure import looking, tell
from service.settings import Settings
from tests.support.wait import wait_until

NOWHERE = "amqp://hub:canary@127.0.0.1:9/"
FAR = "amqp://hub:canary@broker.invalid/"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "data"))


async def test_a_broker_that_is_away_is_told(tmp_path: Path) -> None:
    settings = Settings(amqp_url=SecretStr(NOWHERE), data_dir=tmp_path)
    with capture_logs() as lines:
        await tell(settings, NOWHERE, Access())
    assert "nobody listens" in lines[-1]["not_all"]


async def told(url: str = NOWHERE, access: Access | None = None, **more: object) -> list[str]:
    settings = Settings.model_validate({"amqp_url": url, **more})
    with capture_logs() as lines:
        await tell(settings, url, access or Access())
    return [str(one["what"]) for one in lines if one["event"] == "too_open"]


async def test_on_this_machine_nothing_is_too_open_by_itself() -> None:
    assert await told() == []
    assert await told("amqp://hub:canary@localhost:9/") == []


@pytest.mark.parametrize(
    ("url", "access", "says"),
    [
        (FAR, None, ["use amqps://", "HUB_ACCESS_FILE is not set"]),
        (FAR, {}, ["use amqps://"]),
        ("amqps://hub:canary@192.0.2.1:1/", {}, []),
        ("amqps://hub:canary@broker.invalid/", None, ["HUB_ACCESS_FILE is not set"]),
    ],
)
async def test_a_broker_that_others_reach(
    url: str,
    access: Mapping[str, Grant] | None,
    says: list[str],
) -> None:
    found = await told(url.replace("192.0.2.1", "broker.invalid"), Access(access))
    assert len(found) == len(says)
    assert all(part in one for part, one in zip(says, found, strict=True))
    assert "canary" not in "".join(found)


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ("NOTION_API_KEY=x", 0o644, ".env holds secrets"),
        ("HUB_AMQP_URL=amqp://h:p@127.0.0.1", 0o644, ".env holds secrets"),
        ("NOTION_API_KEY=x", 0o600, ""),
        ("NOTION_API_KEY_FILE=/run/secrets/notion", 0o644, ""),
        ("HUB_LOG_LEVEL=info", 0o644, ""),
    ],
)
async def test_a_file_of_secrets_that_all_can_read(
    tmp_path: Path, text: str, mode: int, says: str
) -> None:
    file = tmp_path / ".env"
    file.write_text(text)
    file.chmod(mode)
    found = await told()
    assert len(found) == bool(says)
    assert says in "".join(found)


async def test_what_all_can_write(tmp_path: Path) -> None:
    access, data = tmp_path / "access.json", tmp_path / "data"
    access.write_text("{}")
    data.mkdir()
    assert await told(access_file=access, data_dir=data) == []
    access.chmod(0o666)
    data.chmod(0o777)
    found = await told(access_file=access, data_dir=data)
    assert [one.split()[8] for one in found] == ["HUB_ACCESS_FILE", "HUB_DATA_DIR"]
    data.chmod(0o1777)
    assert len(await told(access_file=access, data_dir=data)) == 1


async def test_who_may_call_over_http_without_a_token() -> None:
    access = Access({"http": Grant(operations=("*",))})
    assert "HUB_HTTP_TOKEN is not set" in (await told(access=access))[0]
    assert await told(access=access, http_token="x" * 20) == []


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://hub:canary@db.invalid/hub", True),
        ("postgresql://hub:canary@db.invalid/hub?sslmode=require", True),
        ("postgresql://hub:canary@db.invalid/hub?sslmode=verify-full", False),
        ("postgresql://hub:canary@127.0.0.1/hub", False),
        ("postgresql://hub:canary@/hub?host=/run/postgresql", False),
    ],
)
async def test_a_database_on_the_way_to_which_others_may_listen(url: str, *, named: bool) -> None:
    found = await told(database_url=url)
    assert len(found) == named
    assert not named or "certificate of db.invalid checked" in found[0]
    assert "canary" not in "".join(found)


async def test_a_node_of_its_own_is_not_looked_at() -> None:
    with capture_logs() as lines:
        await tell(Settings(), FAR, Access())
    assert [(one["log_level"], one.get("found")) for one in lines] == [("info", 0)]


async def test_it_ends_with_the_hub() -> None:
    async with looking(Settings(), NOWHERE, Access()):
        named = {one.get_name() for one in asyncio.all_tasks()}
        assert "exposure" in named
    await wait_until(lambda: "exposure" not in {one.get_name() for one in asyncio.all_tasks()})
