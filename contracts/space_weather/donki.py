"""DONKI: space weather events as NASA's analysts recorded them.

https://ccmc.gsfc.nasa.gov/tools/DONKI/

Records are revised later: `version_id` and `submitted_at` tell; keep them by `id`.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.space_weather.days import DateRange

T = TypeVar("T")

Listed = Annotated[list[T], BeforeValidator(lambda value: value or [])]
"""A list; where DONKI writes null, an empty one."""

Catalog = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Z0-9_]+$")]


class SentNotification(Result):
    """A notification that was sent of an event."""

    id: str = Field(alias="messageID")
    issued: Utc = Field(alias="messageIssueTime")
    url: str | None = Field(alias="messageURL", default=None)


class Event(Result):
    """What all records have."""

    instruments: Listed[str] = []
    """Who saw it: ``SOHO: LASCO/C2``, ``MODEL: SWMF``."""
    linked_events: Listed[str] = Field(alias="linkedEvents", default=[])
    """Ids of the events that it belongs to."""
    sent_notifications: Listed[SentNotification] = Field(alias="sentNotifications", default=[])
    submitted_at: Utc | None = Field(alias="submissionTime", default=None)
    """When this version was written."""
    version_id: int | None = Field(alias="versionId", default=None)
    link: str | None = None
    """Its page in DONKI."""


class SolarFlare(Event):
    """A solar flare."""

    id: str = Field(alias="flrID")
    begin_time: Utc = Field(alias="beginTime")
    peak_time: Utc | None = Field(alias="peakTime", default=None)
    end_time: Utc | None = Field(alias="endTime", default=None)
    class_type: str | None = Field(alias="classType", default=None)
    """X-ray class: ``M3.4``."""
    source_location: str | None = Field(alias="sourceLocation", default=None)
    """Where on the Sun, Stonyhurst: ``S20W10``."""
    active_region: int | None = Field(alias="activeRegionNum", default=None)
    """NOAA's number of the active region."""


class SolarFlares(Result):
    """Solar flares of a range."""

    results: list[SolarFlare]


class GetSolarFlares(DateRange, Request[SolarFlares]):
    """Solar flares; without dates, those of the last 30 days."""


class KpObservation(Result):
    """The planetary K index of one interval."""

    observed_at: Utc = Field(alias="observedTime")
    kp: float = Field(alias="kpIndex")
    """0 to 9."""
    source: str | None = None


class GeomagneticStorm(Event):
    """A geomagnetic storm: a planetary K index of 6 or more."""

    id: str = Field(alias="gstID")
    start_time: Utc = Field(alias="startTime")
    kp: Listed[KpObservation] = Field(alias="allKpIndex", default=[])


class GeomagneticStorms(Result):
    """Geomagnetic storms of a range."""

    results: list[GeomagneticStorm]


class GetGeomagneticStorms(DateRange, Request[GeomagneticStorms]):
    """Geomagnetic storms; without dates, those of the last 30 days."""


class ParticleEvent(Event):
    """An increase of energetic particles from the Sun."""

    id: str = Field(alias="sepID")
    event_time: Utc = Field(alias="eventTime")


class ParticleEvents(Result):
    """Particle events of a range."""

    results: list[ParticleEvent]


class GetSolarEnergeticParticles(DateRange, Request[ParticleEvents]):
    """Solar energetic particle events; without dates, those of the last 30 days."""


class Shock(Event):
    """An interplanetary shock that passed a spacecraft."""

    id: str = Field(alias="activityID")
    event_time: Utc = Field(alias="eventTime")
    location: str
    """Near which planet or spacecraft: ``Earth``, ``STEREO A``."""
    catalog: str | None = None


class Shocks(Result):
    """Interplanetary shocks of a range."""

    results: list[Shock]


class GetInterplanetaryShocks(DateRange, Request[Shocks]):
    """Interplanetary shocks; without dates, those of the last 30 days."""

    location: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[\w -]+$")] | None = None
    """Only near this place: ``Earth``, ``MESSENGER``, ``STEREO A``, ``STEREO B`` …"""
    catalog: Catalog | None = None
    """Only of this catalogue, such as ``M2M_CATALOG``."""


class MagnetopauseCrossing(Event):
    """The magnetopause came inside geosynchronous orbit."""

    id: str = Field(alias="mpcID")
    event_time: Utc = Field(alias="eventTime")


class MagnetopauseCrossings(Result):
    """Magnetopause crossings of a range."""

    results: list[MagnetopauseCrossing]


class GetMagnetopauseCrossings(DateRange, Request[MagnetopauseCrossings]):
    """Magnetopause crossings; without dates, those of the last 30 days."""


class BeltEnhancement(Event):
    """More electrons than usual in the radiation belt."""

    id: str = Field(alias="rbeID")
    event_time: Utc = Field(alias="eventTime")


class BeltEnhancements(Result):
    """Radiation belt enhancements of a range."""

    results: list[BeltEnhancement]


class GetRadiationBeltEnhancements(DateRange, Request[BeltEnhancements]):
    """Radiation belt enhancements; without dates, those of the last 30 days."""


class HighSpeedStream(Event):
    """Fast solar wind from a coronal hole."""

    id: str = Field(alias="hssID")
    event_time: Utc = Field(alias="eventTime")


class HighSpeedStreams(Result):
    """High speed streams of a range."""

    results: list[HighSpeedStream]


class GetHighSpeedStreams(DateRange, Request[HighSpeedStreams]):
    """High speed streams; without dates, those of the last 30 days."""


class Notification(Result):
    """A message of NASA's analysts; research, not NOAA's official forecast."""

    id: str = Field(alias="messageID")
    message_type: str = Field(alias="messageType")
    """``FLR``, ``SEP``, ``CME``, ``IPS``, ``MPC``, ``GST``, ``RBE`` or ``Report``."""
    issued: Utc = Field(alias="messageIssueTime")
    url: str | None = Field(alias="messageURL", default=None)
    body: str = Field(alias="messageBody")
    """The text, nearly Markdown."""


class Notifications(Result):
    """Notifications of a range."""

    results: list[Notification]


class GetNotifications(DateRange, Request[Notifications]):
    """DONKI's notifications; without dates, those of the last 7 days."""

    message_type: Literal["all", "FLR", "SEP", "CME", "IPS", "MPC", "GST", "RBE", "report"] = "all"
    """Only of this type."""
