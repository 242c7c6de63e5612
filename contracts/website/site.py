"""What anyone may ask of the website, or tell it."""

from typing import Annotated

from pydantic import Field, JsonValue

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.website.parameters import Json, Short

Email = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$", max_length=254)]
"""Where the answer goes: ``someone@example.org``."""


class ServiceHealth(Result):
    """How one service behind the website is."""

    name: str
    status: str
    """``up``, ``degraded`` or ``down``."""
    response_time_ms: float | None = Field(default=None, alias="responseTime")
    message: str | None = None


class Health(Result):
    """How the website is."""

    status: str
    """``healthy``, ``degraded`` where a service is down, or ``unhealthy``."""
    timestamp: Utc
    version: str
    uptime_seconds: float = Field(alias="uptime")
    environment: str
    services: list[ServiceHealth]


class GetHealth(Request[Health]):
    """Whether the website and what it needs work."""


class Submission(Result):
    """What was stored of a message."""

    id: str | int | None = None
    status: str | None = None
    submitted_at: Utc | None = None


class ContactTaken(Result):
    """That a message has arrived."""

    success: bool
    message: str
    """What the website says to the sender."""
    submission: Submission | None = Field(default=None, alias="data")


class SubmitContactForm(Request[ContactTaken]):
    """A message to the people of Mycosoft, who read it."""

    first_name: Short
    last_name: Short
    email: Email
    subject: Short
    message: Annotated[str, Field(min_length=10, max_length=5000)]
    company: Short | None = None


class FeedbackTaken(Result):
    """That feedback has arrived."""

    success: bool
    message: str


class SubmitFeedback(Request[FeedbackTaken]):
    """Feedback on the website; it only goes to its log."""

    message: Annotated[str, Field(min_length=1, max_length=5000)]
    page: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """What it is about: ``/devices``."""


class ApiUsage(Result):
    """How often the platform's API was called."""

    total_calls: int


class AboutMetrics(Result):
    """The figures of the about page."""

    updated_at: Utc
    grounding: JsonValue = None
    """How MYCA's grounding is, in the words of the MAS; null where it does not answer."""
    api_usage_90d: ApiUsage | None = None
    """Of the last 90 days."""


class GetAboutMetrics(Request[AboutMetrics]):
    """The figures of the about page."""


class GithubEvent(Result):
    """Something done in one of Mycosoft's public repositories."""

    id: str
    type: str
    repo: str | None = None
    actor: str | None = None
    url: str | None = None
    created_at: Utc | None = None


class GithubActivity(Result):
    """The latest in Mycosoft's public repositories."""

    org: str
    events: list[GithubEvent]


class GetGithubActivity(Request[GithubActivity]):
    """The latest in Mycosoft's public repositories, the newest first."""

    limit: Annotated[int, Field(ge=1, le=20)] = 8


class TechnologySummary(Result):
    """The figures of the technology page."""

    public_files: int
    tooling_count: int
    updated_at: Utc


class GetTechnologySummary(Request[TechnologySummary]):
    """The figures of the technology page."""


class Service(Result):
    """A service that the website watches."""

    id: str
    name: str
    status: str
    """``online`` or ``offline``."""
    status_code: int | None = Field(default=None, alias="statusCode")
    error: str | None = None


class ServicesStatus(Result):
    """The services that the website watches."""

    services: list[Service]
    timestamp: Utc


class GetServicesStatus(Request[ServicesStatus]):
    """Whether the services that the website watches answer."""


class Reached(Result):
    """Whether a server behind Worldview answers."""

    reachable: bool
    latency_ms: float | None = None


class WorldviewHealth(Result):
    """How Worldview is."""

    ok: bool
    status: str
    """``operational``, ``degraded`` or ``offline``."""
    version: str
    latency_ms: float
    upstream: dict[str, Reached]
    """By name: ``mindex``, ``mas``."""


class GetWorldviewHealth(Request[WorldviewHealth]):
    """Whether Worldview and what it asks work."""


class Dataset(Result):
    """A dataset of Worldview, and what it costs."""

    id: str
    name: str
    category: str
    description: str
    response_shape: str
    """``geojson.FeatureCollection``, ``json.Object`` …"""
    supports: dict[str, bool]
    """Whether it takes ``bbox``, ``cursor``, ``time_range`` …"""
    scope: str
    """What the key has to allow: ``agent``, ``company``, ``fusarium``, ``ops``."""
    cost_cents: int = Field(alias="cost_per_request_cents")
    """US cents; from the server's cache half of it, at least 1."""
    rate_weight: int
    """Units of the limit, which is 60 a minute."""
    cache_ttl_seconds: int = Field(alias="cache_ttl_s")
    example: str | None = None


class Catalog(Result):
    """The datasets of Worldview."""

    total: int
    categories: list[str]
    datasets: list[Dataset]


class GetWorldviewCatalog(Request[Catalog]):
    """The datasets that `query_worldview` has, with their prices."""

    scope: Short | None = None
    category: Short | None = None
    """``live.aviation``, ``sensors.water`` …"""


class Bundle(Result):
    """Datasets that come together, and what they cost."""

    id: str
    name: str
    description: str
    datasets: list[str]
    default_params: Json = {}
    """Parameters that it sets itself."""
    scope: str
    cost_cents: int = Field(alias="cost_per_request_cents")
    """US cents; from the server's cache half of it, at least 1."""
    rate_weight: int
    """Units of the limit, which is 60 a minute."""
    cache_ttl_seconds: int = Field(alias="cache_ttl_s")


class Bundles(Result):
    """The bundles of Worldview."""

    total: int
    bundles: list[Bundle]


class GetWorldviewBundles(Request[Bundles]):
    """The bundles that `get_worldview_bundle` has, with their prices."""
