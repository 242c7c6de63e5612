"""Messages that no client library would write: content headers made by hand."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from aiormq.connection import Connection
from aiormq.exceptions import AMQPError, ChannelInvalidStateError
from pamqp import constants, frame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from yarl import URL

from service.amqp.decoder import CORPUS
from service.amqp.properties import UNDECODABLE


@dataclass(frozen=True)
class Raw:
    """A message as bytes, and the flaw that it must be told to have."""

    properties: bytes
    flaw: str
    key: bytes = b"key"


PLAIN: Final = Basic.Properties(delivery_mode=2).marshal()

HOSTILE: Final[dict[str, Raw]] = {
    **{
        case: Raw(struct.pack(">H", flags) + properties, flaw)
        for case, (flags, properties, flaw) in CORPUS.items()
    },
    "routing key not UTF-8": Raw(PLAIN, UNDECODABLE, b"\xff\xfe"),
}


class _Roomy(Connection):
    """Never waits for room: nobody would wake it once the broker has had enough."""

    FRAME_BUFFER_SIZE = 0


REFUSED_BY_THE_BROKER: Final = {
    "header of no known type",
    "header cut short",
    "property cut short",
}


async def publish_raw(url: str, exchange: str, raw: Raw, body: bytes) -> bool:
    """Publish on a connection of its own; return whether the broker swallowed it."""
    return await publish_all(url, exchange, [raw], body)


async def publish_all(url: str, exchange: str, some: Iterable[Raw], body: bytes) -> bool:
    """Publish them all; return whether the broker swallowed them."""
    connection = _Roomy(URL(url))
    await connection.connect()
    try:
        channel = await connection.channel(publisher_confirms=False, frame_buffer_size=0)
        assert isinstance(channel, Channel)
        for raw in some:
            payload = _frames(channel.number, exchange, raw, body)
            channel.write_queue.put_nowait(ChannelFrame(payload, should_close=False))
        await channel.queue_declare(exclusive=True)  # answered after the messages were taken
    except (AMQPError, ConnectionError, ChannelInvalidStateError):
        return False
    else:
        return True
    finally:
        await connection.close()


def _frames(number: int, exchange: str, raw: Raw, body: bytes) -> bytes:
    stand_in = "~" * len(raw.key)
    publish = frame.marshal(Basic.Publish(exchange=exchange, routing_key=stand_in), number)
    header = struct.pack(">HHQ", Basic.frame_id, 0, len(body)) + raw.properties
    return b"".join(
        (
            publish.replace(stand_in.encode(), raw.key),
            struct.pack(">BHI", constants.FRAME_HEADER, number, len(header)) + header,
            constants.FRAME_END_CHAR,
            frame.marshal(ContentBody(body), number),
        )
    )
