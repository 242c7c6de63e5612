from pathlib import Path

import pytest

from clients._clock import Clock
from service.base import Base
from tests.support.hub import given

URL = "amqp://hub%2Ftwo:p@127.0.0.1:9/vhost"


def base(url: str = URL, **variables: str) -> Base:
    return Base(given(HUB_INSTANCE="vm-1", HUB_PREFIX="p", **variables), url, Clock())


def test_what_it_is_called_and_what_it_may_not_show() -> None:
    made = base(HUB_HTTP_TOKEN="canary")
    assert (made.source, made.user, made.names.events) == ("/hub/vm-1", "hub/two", "p.events")
    assert base("amqp://127.0.0.1").user == "guest"
    assert made.redact("canary") == "***"
    assert [link.name for link in made.links] == [
        "hub-consume-vm-1",
        "hub-publish-vm-1",
        "hub-lease-vm-1",
        "hub-look-vm-1",
    ]


def test_another_process_of_its_name_is_told_from_it() -> None:
    one, twin = base(), base()
    one.members.hear(one.members.me, 1.0)
    assert one.members.trouble(1.0) == ""
    one.members.hear(twin.members.me, 1.0)
    assert "is called vm-1 too" in one.members.trouble(1.0)


@pytest.mark.parametrize(
    ("user", "may"), [("hub/two", True), ("olga", True), ("alice", False), (None, False)]
)
def test_who_may_give_orders(tmp_path: Path, user: str | None, may: bool) -> None:
    file = tmp_path / "access.json"
    file.write_text('{"olga": {"operations": [], "operator": true}, "alice": {"operations": []}}')
    assert base(HUB_ACCESS_FILE=str(file)).may_order(user) is may


async def test_the_connections_are_kept_up_until_the_block_ends() -> None:
    made = base()
    async with made.connected():
        assert {link.reason for link in made.links} == {"it was not opened yet"}
    assert {link.reason for link in made.links} == {"it was closed"}


def test_what_cannot_be_used_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="HUB_ACCESS_FILE"):
        base(HUB_ACCESS_FILE=str(tmp_path / "none.json"))
    with pytest.raises(ValueError, match="amqp://"):
        base("http://127.0.0.1")
