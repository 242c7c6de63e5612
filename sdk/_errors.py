"""What keeps a request from reaching the hub; all other failures are those of `contracts`.

::

    HubUnreachable   what a program sees: there is no hub, or nobody answers
    NotScripted      what a test sees: its agent asked a FakeHub for something unforeseen
    Lost             connection or channel went away: what was on it may have arrived, or not
    ├── Silent       it may still be there, but the broker does not answer
    └── Refused      it is no use to try again
    Denied           the broker closed the channel, and said why
    Closed           the `Hub` was left

All but the first two stay within this package.
"""


class HubUnreachable(ConnectionError):
    """There is no hub: no broker, a broker that no hub has prepared, or nobody who answers."""


class NotScripted(AssertionError):
    """A test's agent asked for something that the test did not foresee."""


class Lost(Exception):
    """Connection or channel went away, or are silent."""


class Silent(Lost):
    """The broker did not answer in time."""


class Refused(Lost):
    """The broker does not let this user in, or not do what it has to."""


class Denied(Exception):
    """The broker closed the channel: its reply code and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Closed(Exception):
    """The `Hub` was left."""
