"""What the bus could not do: one tree for everything that speaks AMQP.

::

    BusError
    ├── LinkLost        there is no connection, or it went away meanwhile
    ├── NoAnswer        connected, but the broker is silent about a queue
    ├── Denied          the broker closed the channel and said why (404, 405, 406, 403)
    ├── TopologyError   an exchange or a queue is not what the hub needs
    └── NotPublished
        ├── Unsendable   it cannot travel: as AMQP, or past the broker's limit for one message
        ├── Unroutable   no queue takes it, and it is nowhere
        ├── Refused      the broker would not store it (a full queue)
        └── Unconfirmed  nobody knows: publish the same again

The modules: `link` keeps one connection up, `publisher` and `consumer` use it, `subscription`
keeps a consumer attached, `topology` declares once at the start, `queues` looks at run time.
No other module sees aiormq.
"""

from typing import Final

NOT_ALLOWED: Final = 403
NOT_FOUND: Final = 404
LOCKED: Final = 405
DIFFERENT: Final = 406


class BusError(Exception):
    """The broker, or the way to it, did not do what was asked."""


class LinkLost(BusError):
    """There is no connection to the broker."""


class NoAnswer(BusError):
    """The broker is connected but does not answer about one queue."""

    def __init__(self, queue: str, seconds: float) -> None:
        super().__init__(
            f"The broker did not answer about the queue {queue} within {seconds:g} s. If this "
            "stays so, the queue has no leader: restart the broker node. Do not delete the queue, "
            "its messages are still on disk."
        )
        self.queue = queue


class Denied(BusError):
    """The broker closed the channel: its reply code and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"The broker closed the channel: {words or code}")
        self.code = code
        self.words = words


class TopologyError(BusError):
    """An exchange or a queue is not what the hub needs; the hub starts nothing."""


class NotPublished(BusError):
    """A message is not known to be in the broker."""


class Unsendable(NotPublished):
    """The message cannot be written as AMQP, or is too large for the broker; it is nowhere."""


class Unroutable(NotPublished):
    """No queue takes the message; it is nowhere."""


class Refused(NotPublished):
    """The broker refused to store the message."""


class Unconfirmed(NotPublished):
    """The broker did not say what became of the message: publish the same again."""
