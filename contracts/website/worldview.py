"""What Worldview sells, and the account that pays; money is US cents."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from contracts._model import Content, Request, Result
from contracts._types import Cursor, Utc
from contracts.website.parameters import Box, Id, Json, Short

_NAMED = frozenset({"type", "bbox", "limit", "cursor"})
_MOST_ZOOM = 22


class RateLimit(Result):
    """What is left of the key's limit."""

    limit_per_minute: int
    remaining_per_minute: int
    """Units, of which a dataset takes its `rate_weight`."""
    reset_at: Utc


class Metered(Result):
    """Base of what was paid for."""

    request_id: str
    cost_cents: int = Field(alias="cost_debited")
    balance_cents: int | None = Field(alias="balance_remaining")
    """What is left; None where the server does not know."""
    rate_limit: RateLimit | None = None
    cache: str
    """``hit``, ``miss``, ``stale`` or ``bypass``: whether the server's cache had it."""
    generated_at: Utc
    ttl_seconds: int = Field(alias="ttl_s")
    """How long it stays good."""


class DatasetAnswer(Metered):
    """What a dataset has."""

    dataset: str
    data: JsonValue
    """As the dataset has it: the catalog's `response_shape`."""
    meta: Json | None = None
    """What the dataset says about it."""


class QueryWorldview(Request[DatasetAnswer]):
    """One dataset of Worldview: costs 0 to 20 cents, as `get_worldview_catalog` says."""

    type: Id
    bbox: Box | None = None
    limit: Annotated[int, Field(ge=1, le=50_000)] | None = None
    cursor: Cursor | None = None
    filters: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]{0,31}$")],
            Annotated[str, Field(max_length=255)],
        ],
        Field(max_length=20),
    ] = {}
    """What only this dataset takes: ``{"station": "46232"}``."""

    @model_validator(mode="after")
    def _further(self) -> Self:
        if twice := sorted(_NAMED & self.filters.keys()):
            raise ValueError(f"filters cannot hold {', '.join(twice)}: they are parameters")
        return self


class Member(Result):
    """One dataset of a bundle."""

    dataset_id: str
    ok: bool
    data: JsonValue = None
    """As the dataset has it."""
    error: str | None = None


class Members(Result):
    """The datasets of a bundle; those that failed are paid for too."""

    members: list[Member]
    ok_count: int
    fail_count: int


class BundleAnswer(Metered):
    """What a bundle has."""

    bundle: str
    data: Members


class GetWorldviewBundle(Request[BundleAnswer]):
    """One bundle of datasets: costs 5 to 50 cents, as `get_worldview_bundles` says."""

    bundle_id: Id
    bbox: Box | None = None
    """Absent: the bundle's own."""


class WorldState(Result):
    """The state of the world."""

    project: str
    live_entities: dict[str, int]
    """How many: ``aircraft``, ``vessels``, ``satellites``, ``buoys`` …"""
    projects: dict[str, JsonValue] = {}
    """Each project's own figures; null of those not asked for."""


class SnapshotAnswer(Metered):
    """The state of the world, paid for."""

    data: WorldState


class GetWorldviewSnapshot(Request[SnapshotAnswer]):
    """The state of the world in figures: costs 2 cents."""

    project: Literal["global", "oyster", "goffs"] = "global"


class Tile(Content):
    """A map tile."""


class GetWorldviewTile(Request[Tile]):
    """A map tile (Web Mercator, 256 pixels): costs 1 cent."""

    z: Annotated[int, Field(ge=0, le=_MOST_ZOOM)]
    x: Annotated[int, Field(ge=0, lt=2**_MOST_ZOOM)]
    """From the west."""
    y: Annotated[int, Field(ge=0, lt=2**_MOST_ZOOM)]
    """From the north."""
    source: Literal["esri-satellite", "osm", "gibs-modis", "gibs-viirs"] = "esri-satellite"

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if max(self.x, self.y) >= 2**self.z:
            raise ValueError(f"at zoom {self.z} x and y end at {2**self.z - 1}")
        return self


class SearchAnswer(Result):
    """What was found, as MINDEX tells it."""

    data: JsonValue
    """By domain."""
    meta: Json
    """When it was, and how long it took (``latencyMs``)."""


class SearchWorldview(Request[SearchAnswer]):
    """What a text finds in MINDEX; free. `mindex.search` finds more, and types it."""

    q: Annotated[str, Field(min_length=2, max_length=500)]
    types: (
        Annotated[
            list[Literal["species", "compounds", "genetics", "research", "earth"]],
            Field(min_length=1, max_length=5),
        ]
        | None
    ) = None
    """Only these; absent: all."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class KeyLimits(Result):
    """The key's limits, and what of them is used."""

    per_minute: int | None = None
    requests_this_minute: int | None = None
    per_day: int | None = None
    requests_today: int | None = None


class Usage(Result):
    """The key's balance and limits."""

    ok: bool
    profile_id: str
    balance_cents: int | None
    rate_limit: KeyLimits
    generated_at: Utc


class GetWorldviewUsage(Request[Usage]):
    """What is left of the key's money and limits; free."""


class Remaining(Result):
    """Calls left."""

    per_minute: int
    per_day: int


class KeyState(Result):
    """Whether the key is good."""

    valid: bool
    balance_cents: int
    rate_limit_remaining: Remaining
    scopes: list[str]


class ValidateKey(Request[KeyState]):
    """Whether the hub's key is good, and for what; counts as a call."""


class Sessions(Result):
    """What the account's sessions have used."""

    total_sessions: int
    total_tokens: int
    total_usage_cents: int


class Account(Result):
    """The account behind the key."""

    balance_cents: int
    total_paid_cents: int
    api_key_prefix: str
    """The first characters of the key: tells it from others, opens nothing."""
    api_key_created_at: Utc | None = None
    api_key_last_used: Utc | None = None
    account_created_at: Utc | None = None
    usage: Sessions
    rate_limit_remaining: Remaining
    scopes: list[str]


class GetAccount(Request[Account]):
    """The account behind the hub's key; counts as a call."""


class AgentEvent(Result):
    """Something that befell the account."""

    id: str | int
    event_type: str
    """``balance_low``, ``balance_exhausted``, ``rate_limit_hit`` …"""
    severity: str | None = None
    message: str | None = None
    metadata: Json | None = None
    """What was told of it besides."""
    created_at: Utc


class AgentUsage(Result):
    """What the account has used."""

    balance_cents: int
    total_paid_cents: int
    active_keys: int
    total_requests_24h: int
    cost_24h_cents: int = Field(alias="total_cost_24h")
    recent_events: list[AgentEvent] = []
    """The last ten."""


class GetAgentUsage(Request[AgentUsage]):
    """What the account has used in 24 hours."""


class AgentEvents(Result):
    """What befell the account, the newest first."""

    events: list[AgentEvent]


class GetAgentEvents(Request[AgentEvents]):
    """What befell the account."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    type: Short | None = None
    """Only this kind."""
