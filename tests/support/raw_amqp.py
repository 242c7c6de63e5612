"""Messages that no client library would write: content headers made by hand."""

import struct
from dataclasses import dataclass
from typing import Final

import aiormq
from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from aiormq.exceptions import AMQPError, ChannelInvalidStateError
from pamqp import constants, frame
from pamqp.body import ContentBody
from pamqp.commands import Basic

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


async def publish_raw(url: str, exchange: str, raw: Raw, body: bytes) -> bool:
    """Publish on a connection of its own; return whether the broker swallowed it."""
    connection = await aiormq.connect(url)
    try:
        channel = await connection.channel(publisher_confirms=False)
        assert isinstance(channel, Channel)
        payload = _frames(channel.number, exchange, raw, body)
        await channel.write_queue.put(ChannelFrame(payload, should_close=False))
        await channel.queue_declare(exclusive=True)  # answered after the message was taken
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
