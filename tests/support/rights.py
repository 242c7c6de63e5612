"""A broker with the rights that we ship: each user of an access file, and no one else."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused, ChannelClosed, ChannelPreconditionFailed

from contracts._names import Names
from service.node.node import Node
from service.permission import definitions
from tests.support.agent import apart

NAMES: Final = Names()
ACCESS: Final[Mapping[str, Any]] = {
    "alice": {"operations": ["notion.*", "space_weather.*"]},
    "bob": {"operations": ["*"]},
    "olga": {"operations": [], "operator": True},
}

Act = Callable[[AbstractChannel], Awaitable[object]]


async def secured(
    node: Node, folder: Path, access: Mapping[str, Any] = ACCESS
) -> Mapping[str, str]:
    """Load our definitions into a node, as docs/how-to/secure-the-broker.md says.

    Returns the address of each user; the access file is `access.json` in the folder.
    """
    file = folder / "access.json"
    file.write_text(json.dumps(access), encoding="utf-8")
    made = folder / "broker"
    place = urlsplit(node.url).netloc.rpartition("@")[2]
    assert definitions.main([str(file), str(made), "--broker", f"amqp://{place}"]) == 0
    await node.ctl("import_definitions", str(made / "definitions.json"))
    return {path.stem: path.read_text(encoding="utf-8") for path in made.glob("*.url")}


async def refusal(url: str, act: Act) -> int:
    """Return the code with which the broker refuses an act; 0 if it does not."""
    async with apart(url) as channel:
        try:
            await act(channel)
            await channel.queue_declare("amq.gen-none", passive=True)
        except ChannelAccessRefused:
            return 403
        except ChannelPreconditionFailed:
            return 406
        except ChannelClosed as error:
            return 0 if "amq.gen-none" in str(error) else -1
    return 0


def permissions(grants: Iterable[Mapping[str, str]], user: str) -> Mapping[str, str]:
    """Return one user's row of definitions."""
    return next(one for one in grants if one["user"] == user)
