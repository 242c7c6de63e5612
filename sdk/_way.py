"""The one seam: how requests leave an agent, and how answers come back."""

from typing import Protocol

from contracts._events import Control
from sdk._events import Event
from sdk._replies import Reply
from sdk._request import Outgoing
from sdk._stream import Stream


class Way(Protocol):
    """Over a broker (`sdk._broker`), or from a script (`sdk._fake`)."""

    @property
    def trouble(self) -> str:
        """What keeps requests from the hub now; nothing if nothing does."""
        ...

    async def open(self) -> None:
        """Be ready to ask.

        Raises:
            HubUnreachable: there is no hub.
        """
        ...

    async def aclose(self, *, taken: bool) -> None:
        """End; `taken` says whether what streams handed out last was dealt with."""
        ...

    async def ask(self, outgoing: Outgoing) -> Reply:
        """Return the reply, however long it takes; whoever calls bounds the time."""
        ...

    async def submit(self, outgoing: Outgoing) -> None:
        """Return when the broker has the request."""
        ...

    def replies(self) -> Stream[Reply]:
        """Return the replies to what was submitted."""
        ...

    def events(self, pattern: str) -> Stream[Event]:
        """Return the events under a topic pattern."""
        ...

    async def command(self, command: Control) -> None:
        """Give an order to all hubs."""
        ...
