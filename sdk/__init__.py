"""What an agent imports: ``from sdk import Hub``. Sees contracts only; needs a broker address."""

from contracts import *  # noqa: F403  (agents catch failures where they make calls)
from contracts import __all__ as _contracts
from sdk._bus import HubUnreachable
from sdk._events import Event
from sdk._hub import Hub
from sdk._replies import Reply
from sdk._request import Options

__all__ = ["Event", "Hub", "HubUnreachable", "Options", "Reply", *_contracts]
