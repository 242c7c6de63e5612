"""NOAA's tsunami warning centers: an Atom feed each, with the newest bulletin.

https://www.tsunami.gov
"""

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from xml.etree.ElementTree import Element

from clients._api import HttpCall
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Rate
from clients._operation import operation
from clients._reading import Whole, xml
from clients._upstream import Upstream
from contracts.earth_science import GetTsunamiAlerts, TsunamiAlert, TsunamiAlerts

Record = dict[str, Any]

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_GEO: Final = "{http://www.w3.org/2003/01/geo/wgs84_pos#}"
_FEEDS: Final = {"NTWC": "PAAQ", "PTWC": "PHEB"}
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_LABEL: Final = re.compile(
    r"(Category|Bulletin Issue Time|Preliminary Magnitude|Lat/Lon|Affected Region|Note|Definition)"
    r"\s*:"
)
_ISSUED: Final = "%Y.%m.%d %H:%M:%S UTC"


class Tsunami(Client):
    """www.tsunami.gov: open to all, no limit is published."""

    tsunami = Upstream(
        "https://www.tsunami.gov",
        limits=[Rate(1, per=1, burst=4, source="https://www.tsunami.gov")],
        probe="/events/xml/PAAQAtom.xml",
    )

    @operation("safe", ttl=60)
    async def get_tsunami_alerts(self, request: GetTsunamiAlerts) -> TsunamiAlerts:
        """Return the newest bulletin of each center."""
        found: list[TsunamiAlert] = []
        for center, feed in _FEEDS.items():
            if request.center in {center, "both"}:
                path = f"/events/xml/{feed}Atom.xml"
                answer = await self.tsunami.send(HttpCall("GET", path))
                read = Whole(partial(_alerts, center=center))
                found += self.tsunami.parse(answer, TsunamiAlerts, read).alerts
        return TsunamiAlerts(alerts=sorted(found, key=lambda one: one.issued_at, reverse=True))


def _alerts(answer: HttpResponse, center: str) -> Record:
    root = xml(answer.body)
    if root.tag != f"{_ATOM}feed":
        raise ValueError("an Atom feed was expected")
    return {"alerts": [_alert(one, center) for one in root.iter(f"{_ATOM}entry")]}


def _alert(entry: Element, center: str) -> Record:
    summary = entry.find(f"{_ATOM}summary")
    said = _labelled(" ".join(summary.itertext()) if summary is not None else "")
    links = [one.get("href") for one in entry.iter(f"{_ATOM}link")]
    return {
        "id": entry.findtext(f"{_ATOM}id"),
        "center": center,
        "title": " ".join((entry.findtext(f"{_ATOM}title") or "").split()),
        "category": said.get("Category"),
        "issued_at": _issued(said.get("Bulletin Issue Time")) or entry.findtext(f"{_ATOM}updated"),
        "latitude": entry.findtext(f"{_GEO}lat"),
        "longitude": entry.findtext(f"{_GEO}long"),
        "magnitude": _number(said.get("Preliminary Magnitude")),
        "region": said.get("Affected Region"),
        "note": said.get("Note"),
        "bulletin_url": links[0] if links else None,
    }


def _labelled(text: str) -> dict[str, str]:
    """Return the lines of a summary by their labels, like ``Category: Information``."""
    _, *parts = _LABEL.split(text)
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    return {label: found for label, one in said.items() if (found := " ".join(one.split()))}


def _issued(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", _ISSUED).replace(tzinfo=UTC)
    except ValueError:
        return None


def _number(text: str | None) -> str | None:
    found = _NUMBER.match(text or "")
    return found and found[0]
