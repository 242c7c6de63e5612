"""Operations on plan, models and history: https://elevenlabs.io/docs/api-reference."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.elevenlabs.parameters import Id
from contracts.elevenlabs.speech import Audio


class Subscription(Result):
    """The plan, and what is used of it."""

    tier: str
    """``free``, ``starter``, ``creator`` …"""
    status: str
    character_count: int
    """Used since the last reset."""
    character_limit: int
    resets_at: Utc | None = Field(None, alias="next_character_count_reset_unix")
    voice_slots_used: int | None = None
    voice_limit: int | None = None
    can_use_instant_voice_cloning: bool | None = None


class SpokenLanguage(Result):
    """A language."""

    language_id: str
    name: str


class ModelRates(Result):
    """What a model charges."""

    character_cost_multiplier: float


class Model(Result):
    """A model that makes speech."""

    model_id: str
    name: str
    description: str | None = None
    can_do_text_to_speech: bool
    can_do_voice_conversion: bool
    languages: list[SpokenLanguage] = []
    max_characters_request_subscribed_user: int | None = None
    """Characters of one text; the free plan has its own."""
    model_rates: ModelRates | None = None
    concurrency_group: str | None = None
    """``turbo`` models may run twice as many at once as ``standard`` ones."""


class Models(Result):
    """All models."""

    models: list[Model]


class Generated(Result):
    """Sound that was made once."""

    history_item_id: str
    request_id: str | None = None
    created_at: Utc = Field(alias="date_unix")
    text: str | None = None
    voice_id: str | None = None
    voice_name: str | None = None
    model_id: str | None = None
    content_type: str
    state: str
    source: str | None = None
    """``TTS``, ``STS`` …"""
    characters_charged: int


class History(Result):
    """A page of what was made, the newest first."""

    history: list[Generated]
    next_cursor: str | None
    """None on the last page."""


class GetSubscriptionInfo(Request[Subscription]):
    """Tell the plan, and how many characters are left."""


class ListModels(Request[Models]):
    """List the models."""


class ListHistory(Request[History]):
    """List what was made, the newest first."""

    voice_id: Id | None = None
    search: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """In the texts."""
    source: Literal["TTS", "STS"] | None = None
    page_size: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Id | None = None


class GetHistoryAudio(Request[Audio]):
    """Fetch sound that was made before; nothing is charged."""

    history_item_id: Id
