"""What a user may do at the broker beyond what a hub needs, tried without a trace.

Over AMQP alone nobody sees users and rights, only what the broker lets one do.
"""

from typing import Final
from urllib.parse import urlsplit

from pamqp.commands import Basic

from service.amqp.errors import BusError, Denied
from service.amqp.wire import Wire, address, connect, translated

DEFAULT: Final = "guest"
"""User and password of a broker that nobody has set up."""

_LOGIN_WITHIN: Final = 3.0
_NOBODY: Final = "hub-looks-around"
_ELSEWHERE: Final = "amq.topic"
"""An exchange that every broker has, and no hub uses."""


async def lets_default_in(url: str) -> bool:
    """Return whether the broker at `url` accepts the default user with its default password."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    default = parts._replace(netloc=f"{DEFAULT}:{DEFAULT}@{place}").geturl()
    try:
        wire = await connect(address(default, name="hub-looks", heartbeat=0), _LOGIN_WITHIN)
    except BusError as error:
        return "virtual host" in str(error)  # which only those hear who were let in
    await wire.end()
    return True


async def signs_for_others(wire: Wire) -> bool:
    """Return whether this user may send a message in another's name; to a queue that is nowhere."""
    channel = await wire.open_channel(confirms=True)
    try:
        with translated():
            properties = Basic.Properties(user_id=_NOBODY)
            await channel.basic_publish(b"", routing_key=_NOBODY, properties=properties)
    except Denied:
        return False
    return True


async def reaches_elsewhere(wire: Wire) -> bool:
    """Return whether this user has rights to what is not a hub's, with a queue that goes again."""
    channel = await wire.open_channel(confirms=False)
    try:
        with translated():
            queue = (await channel.queue_declare(exclusive=True, auto_delete=True)).queue or ""
            await channel.queue_bind(queue, _ELSEWHERE, _NOBODY)
    except Denied:
        return False
    return True
