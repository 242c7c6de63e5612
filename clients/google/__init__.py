"""Google: Maps with a key, and one user's mail, calendars, files and documents by OAuth 2.0.

Each service has its file: address, key, limits and probe on top, its operations below.
https://developers.google.com/maps/documentation https://developers.google.com/workspace
"""

from typing import ClassVar, Final

from clients._call import CURRENT, Call
from clients._http import HttpResponse
from clients._verdict import OK
from clients.google import calendar, docs, drive, geocoding, gmail, places, refusals, routes
from contracts import Failure, UpstreamRejected

_ASK_NOTHING: Final = frozenset({"elevation", "geocoding", "time_zone"})


class Google(
    geocoding.Geocoding,
    places.Places,
    routes.Routes,
    gmail.Gmail,
    calendar.Calendar,
    drive.Drive,
    docs.Docs,
):
    """Maps and the Workspace of one user; either works without the other.

    A service account's JSON file may be named by GOOGLE_SERVICE_ACCOUNT_JSON_FILE.
    """

    exempt: ClassVar = {"probe": "Google's token address answers requests for tokens only."}

    async def probe(self, upstream: str) -> Call:
        """Make the cheap call of one upstream; returns what it took.

        Three Maps services charge for each answer. They are asked for nothing, which is free: a
        bad key is refused all the same, and a complaint about the request means that all is well.
        """
        try:
            return await super().probe(upstream)
        except UpstreamRejected as failure:
            if upstream not in _ASK_NOTHING or failure.facts.upstream_status not in OK:
                raise
            return CURRENT.get()

    def refusal(self, response: HttpResponse) -> Failure | None:
        """What Google hides in a 200, or in a 403 that is none."""
        return refusals.refusal(response)
