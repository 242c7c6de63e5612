"""Events for automations of Zapier, IFTTT, Make, Pipedream and Activepieces.

Where a hook lies is the hub's configuration, never the asker's choice: its address is a secret.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, JsonValue

from contracts._model import Contract, Request, Result
from contracts._types import Name, Utc

Platform = Annotated[
    Literal["zapier", "ifttt", "make", "pipedream", "activepieces"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
]

Hook = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]*$", examples=["alerts"])]

Json = Annotated[dict[str, JsonValue], Field(max_length=1000)]
"""An object in the automation's own shape."""

IftttEvent = Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9_]+$")]
"""Letters, digits and ``_``."""

Ingredient = Annotated[str, Field(max_length=8192)]


class Delivery(Result):
    """An event that a platform has taken. What the automation does with it, it may not say."""

    platform: str
    hook: str | None
    """The name that was asked for; None: the first hook."""
    event: str
    status: int
    """HTTP status of the answer."""
    reply: str
    """What was answered, text or JSON: an automation may answer in its own words."""
    request_id: str | None = None
    """Zapier's own id of it."""


class Failed(Result):
    """An event that a platform has not taken, or may not have."""

    platform: str
    code: str
    """As failures of the hub have it: with ``outcome_unknown`` the automation may have run."""
    detail: str


class Broadcasted(Result):
    """What became of an event on each platform."""

    event: str
    deliveries: list[Delivery]
    failures: list[Failed]


class Envelope(Contract):
    """What the platform's automations get: ``{event, data, source, id?, timestamp?}``."""

    event: Name
    data: Json = {}
    source: Name = "myca_mas"
    event_id: Name | None = None
    """``id`` in what is sent: none of the platforms drops repeats, an automation can by this."""
    occurred_at: Utc | None = None
    """``timestamp`` in what is sent."""


class TriggerZapier(Envelope, Request[Delivery]):
    """An event for a Zap; it is taken, and queued, also where the Zap is paused."""

    hook: Hook | None = None
    """One of AUTOMATION_HUB_ZAPIER_HOOKS; absent: the first."""


class TriggerMake(Envelope, Request[Delivery]):
    """An event for a scenario of Make; its own answer, if it has one, is in `reply`."""

    hook: Hook | None = None
    """One of AUTOMATION_HUB_MAKE_HOOKS; absent: the first."""


class TriggerPipedream(Envelope, Request[Delivery]):
    """An event for a workflow of Pipedream; its own answer, if it has one, is in `reply`."""

    hook: Hook | None = None
    """One of AUTOMATION_HUB_PIPEDREAM_HOOKS; absent: the first."""


class TriggerActivepieces(Envelope, Request[Delivery]):
    """An event for a flow of Activepieces; with an address that ends in ``/sync`` it answers."""

    hook: Hook | None = None
    """One of AUTOMATION_HUB_ACTIVEPIECES_HOOKS; absent: the first."""


class TriggerIfttt(Request[Delivery]):
    """An event for IFTTT applets, with up to three texts. Also taken where no applet listens."""

    event_name: IftttEvent
    value1: Ingredient | None = None
    value2: Ingredient | None = None
    value3: Ingredient | None = None


class TriggerIftttJson(Request[Delivery]):
    """An event for IFTTT applets that take any JSON. Also taken where no applet listens."""

    event_name: IftttEvent
    data: Json = {}


class Trigger(Envelope, Request[Delivery]):
    """An event for any of the platforms; IFTTT gets `data` alone, as JSON."""

    platform: Platform
    hook: Hook | None = None
    """One of the platform's hooks; absent: the first. IFTTT has one only."""


class Broadcast(Envelope, Request[Broadcasted]):
    """An event for several platforms, one after the other; to each its first hook.

    It fails only where no platform has taken it.
    """

    platforms: Annotated[list[Platform], Field(min_length=1, max_length=5)] | None = None
    """Absent: all that are configured."""
