"""NatureOS and the MAS: where they are and how they say no.

https://github.com/MycosoftLabs/NatureOS https://github.com/MycosoftLabs/mycosoft-mas
"""

from typing import Final

from clients._client import Client
from clients._http import HttpResponse
from clients._limits import HOUR, MINUTE, Rate
from clients._signals import Dialect
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.natureos import answers
from contracts import Failure

_MAS: Final = (
    "https://github.com/MycosoftLabs/mycosoft-mas/blob/main/mycosoft_mas/core/rate_limit.py"
)


class Server(Client):
    """Neither asks for a key. Both addresses end before ``/api``."""

    api = Upstream(
        "",
        # whatever lies below /api/Monitoring or /api/Workflow tells the MAS of each call
        probe="/health",
        manners=Manners(explained=frozenset({answers.NOT_IMPLEMENTED})),  # with it nothing was done
        aliases=("NATUREOS_API_BASE_URL", "NATUREOS_URL", "NATUREOS_BASE_URL"),
    )
    mas = Upstream(
        "",
        limits=[Rate(60, per=MINUTE, source=_MAS), Rate(1000, per=HOUR, source=_MAS)],
        dialects=(
            Dialect("x-ratelimit-remaining-minute"),
            Dialect("x-ratelimit-remaining-hour"),
        ),
        probe="/health",
        aliases=("MAS_API_URL",),
    )

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Read what ASP.NET says no with, and a 200 that knows no such function."""
        return answers.refusal(response)
