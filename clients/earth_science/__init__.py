"""The Earth: quakes, rivers, buoys, tides, floods, natural events, tsunamis, reservoirs.

Each upstream has its file: address, limits and probe on top, its operations below. Only the USGS's
water service knows keys, and works without.
https://earthquake.usgs.gov/fdsnws/event/1/ https://api.waterdata.usgs.gov
https://www.ndbc.noaa.gov https://api.tidesandcurrents.noaa.gov https://water.noaa.gov
https://eonet.gsfc.nasa.gov https://www.tsunami.gov https://cwms-data.usace.army.mil
"""

import re
from typing import Final

import orjson

from clients._http import HttpResponse
from clients.earth_science import coops, cwms, earthquakes, eonet, iris, ndbc, nwps, tsunami, water
from contracts import Facts, Failure, UpstreamRejected

_LIE: Final = re.compile(rb'\s*\{\s*"error"')
_EXPLAINED: Final = frozenset({400, 404, 413})
_SHOWN: Final = 300


class EarthScience(
    earthquakes.Earthquakes,
    water.Water,
    ndbc.Ndbc,
    coops.Coops,
    nwps.Nwps,
    eonet.Eonet,
    tsunami.Tsunami,
    cwms.Cwms,
    iris.Iris,
):
    """Open services of the USGS, NOAA, NASA, EarthScope and the US Army Corps of Engineers."""

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Hear CO-OPS's errors, which may be 200, and the others' that are plain text."""
        text = ""
        if _LIE.match(response.body) and response.status in {200, *_EXPLAINED}:
            text = str(orjson.loads(response.body)["error"]["message"])
        elif response.status in _EXPLAINED and _is_text(response):
            text = " ".join(response.body.decode(errors="replace").split())
        if not text:
            return None
        said = f"HTTP {response.status}: {text[:_SHOWN]}"
        return UpstreamRejected(said, Facts(upstream_status=response.status))


def _is_text(response: HttpResponse) -> bool:
    return response.headers.get("content-type", "").startswith("text/plain")
