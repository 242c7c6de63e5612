"""Operations on voices: https://elevenlabs.io/docs/api-reference/voices/search."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Cursor, Utc
from contracts.elevenlabs.parameters import AudioFile, Id

_ROOM = 180_000


class SpeakingStyle(Result):
    """How a voice speaks unless it is told otherwise; each from 0 to 1, `speed` from 0.7 to 1.2."""

    stability: float | None = None
    similarity_boost: float | None = None
    style: float | None = None
    use_speaker_boost: bool | None = None
    speed: float | None = None


class Voice(Result):
    """A voice."""

    voice_id: str
    name: str
    category: str
    """``premade``, ``cloned``, ``generated``, ``professional`` …"""
    labels: dict[str, str] = {}
    """``accent``, ``age``, ``gender``, ``use_case`` and others."""
    description: str | None = None
    preview_url: str | None = None
    settings: SpeakingStyle | None = None
    high_quality_base_model_ids: list[str] = []
    created_at: Utc | None = Field(None, alias="created_at_unix")


class Voices(Result):
    """A page of voices."""

    voices: list[Voice]
    total_count: int | None = None
    next_cursor: str | None
    """None on the last page."""


class ClonedVoice(Result):
    """A new voice."""

    voice_id: str
    requires_verification: bool = False


class DeletedVoice(Result):
    """The voice that is gone."""

    voice_id: str


class ListVoices(Request[Voices]):
    """List the voices that the account can use."""

    search: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """In name, description, labels and category."""
    category: Literal["premade", "cloned", "generated", "professional"] | None = None
    voice_type: (
        Literal["personal", "community", "default", "workspace", "non-default", "saved"] | None
    ) = None
    sort: Literal["created_at_unix", "name"] | None = None
    sort_direction: Literal["asc", "desc"] | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    cursor: Cursor | None = None


class GetVoice(Request[Voice]):
    """Tell about a voice."""

    voice_id: Id | None = None
    """Absent: ELEVENLABS_VOICE_ID."""


class CloneVoice(Request[ClonedVoice]):
    """Make a voice from recordings of a person who has agreed to it."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    audio_files: Annotated[list[AudioFile], Field(min_length=1, max_length=25)]
    """180 000 bytes in all: what fits into a message."""
    description: Annotated[str, Field(max_length=500)] | None = None
    labels: (
        Annotated[
            dict[
                Annotated[str, Field(max_length=50)],
                Annotated[str, Field(max_length=100)],
            ],
            Field(max_length=5),
        ]
        | None
    ) = None
    remove_background_noise: bool = False

    @model_validator(mode="after")
    def _room(self) -> Self:
        if sum(len(one.data) for one in self.audio_files) > _ROOM:
            raise ValueError(f"the files have more than {_ROOM} bytes together")
        return self


class DeleteVoice(Request[DeletedVoice]):
    """Delete a voice of the account's own."""

    voice_id: Id
