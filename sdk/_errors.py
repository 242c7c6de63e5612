"""What keeps a request from reaching the hub; all other failures are those of `contracts`."""


class HubUnreachable(ConnectionError):
    """There is no hub: no broker, a broker that no hub has prepared, or nobody who answers."""


class Lost(Exception):
    """Connection or channel went away, or were silent: what was on it may have arrived, or not."""


class Denied(Exception):
    """The broker closed the channel: its reply code and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Closed(Exception):
    """The `Hub` was left."""
