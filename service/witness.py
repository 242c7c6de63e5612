"""The one seam between a hub and what remembers for it: the record of calls, and the broker.

A hub goes through every request in the same order: claim, sending, response, done, reply, ack. All
that it must not forget on this way it writes down or sends through `Records` and `Publisher`. Who
stands in between sees how far each request has come, and may stop the hub there: the crash points
of `tests/support/doom.py` do.
"""

from service.amqp.link import Link
from service.amqp.publisher import Publisher
from service.record.records import Records


class Witness:
    """Looks on, and does nothing; `service.app.Hub` takes another."""

    def records(self, records: Records) -> Records:
        """Return what the hub is to write its calls down in."""
        return records

    def publisher(self, link: Link) -> Publisher:
        """Return what the hub is to send over a link with."""
        return Publisher(link)
