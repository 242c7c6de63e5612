import asyncio
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import pytest

from service.amqp.powers import DEFAULT, lets_default_in, reaches_elsewhere, signs_for_others
from service.amqp.wire import address, connect
from service.node.node import Node
from service.permission.definitions import hashed

Probed = Mapping[str, bool]


async def probe(url: str) -> Probed:
    wire = await connect(address(url, name="test", heartbeat=0))
    try:
        return {"signs": await signs_for_others(wire), "reaches": await reaches_elsewhere(wire)}
    finally:
        await wire.end()


USERS: Final = {
    "narrow": ("", ("^hub\\.", "^(hub\\.|amq\\.)", "^(hub\\.|amq.gen-)"), (False, False)),
    "hub": ("", ("^(hub|amq\\.gen-)", "^(hub|amq\\.)", "^(hub|amq\\.gen-)"), (False, False)),
    "wide": ("", (".*", ".*", ".*"), (False, True)),
    "admin": ("administrator", (".*", ".*", ".*"), (False, True)),
    "forger": ("impersonator", ("^$", ".*", "^$"), (True, False)),
    "nobody": ("", ("^$", "^$", "^$"), (False, False)),
}


@pytest.fixture(scope="module")
def users(module_node: Node, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The node's address, once it knows the users."""
    rows = [
        {"name": user, "password_hash": hashed("canary"), "tags": tags}
        for user, (tags, _, _) in USERS.items()
    ]
    kinds = ("configure", "write", "read")
    rights = [
        {"user": user, "vhost": "/", **dict(zip(kinds, patterns, strict=True))}
        for user, (_, patterns, _) in USERS.items()
    ]
    file = tmp_path_factory.mktemp("powers") / "definitions.json"
    file.write_text(json.dumps({"users": rows, "permissions": rights}))
    asyncio.run(module_node.ctl("import_definitions", str(file)))
    return module_node.url


@pytest.mark.parametrize("user", sorted(USERS))
async def test_what_a_user_may_do(users: str, user: str) -> None:
    found = await probe(login(users, user, "canary"))
    assert (found["signs"], found["reaches"]) == USERS[user][2]


async def test_whether_the_default_login_works(own_node: Node) -> None:
    place = own_node.url.removesuffix("/")
    assert not await lets_default_in(own_node.url)
    await own_node.ctl("add_user", DEFAULT, DEFAULT)
    assert [await lets_default_in(place + vhost) for vhost in ("/", "/nowhere")] == [True, True]
    await own_node.ctl("set_permissions", DEFAULT, "", "", "")
    assert await lets_default_in(own_node.url)
    await own_node.ctl("change_password", DEFAULT, "canary")
    assert not await lets_default_in(own_node.url)
    await own_node.ctl("delete_user", DEFAULT)


async def test_a_broker_that_is_away_lets_nobody_in() -> None:
    assert not await lets_default_in("amqp://127.0.0.1:9/")


def login(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{user}:{password}@{parts.netloc.rpartition('@')[2]}").geturl()
