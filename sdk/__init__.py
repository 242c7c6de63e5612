"""What an agent imports: ``from sdk import Hub``. Sees contracts only; needs a broker address.

Requests, results and failures are those of `contracts`.
"""

from sdk._address import Address, find_hub
from sdk._errors import HubUnreachable, NotScripted
from sdk._events import Event
from sdk._fake import FakeHub
from sdk._hub import Hub
from sdk._replies import Reply
from sdk._request import Options
from sdk._stream import Stream

__all__ = [
    "Address",
    "Event",
    "FakeHub",
    "Hub",
    "HubUnreachable",
    "NotScripted",
    "Options",
    "Reply",
    "Stream",
    "find_hub",
]
