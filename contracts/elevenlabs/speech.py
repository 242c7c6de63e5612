"""Operations that make or change sound, or read it: https://elevenlabs.io/docs/api-reference."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Content, Contract, Request, Result
from contracts._types import Binary, MaybeInt
from contracts.elevenlabs.parameters import (
    AudioFile,
    Format,
    Id,
    Language,
    ModelId,
    Ratio,
    Seed,
    VoiceSettings,
)


class Audio(Content):
    """Sound."""

    characters_charged: MaybeInt = None
    """What it cost, where the vendor tells."""
    request_id: str | None = None
    history_item_id: str | None = None


class Alignment(Result):
    """When each character is heard: three lists of the same length."""

    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class TimedSpeech(Result):
    """Speech, and when each character of its text is heard."""

    data: Binary = Field(alias="audio_base64")
    """Base64 on the wire, bytes in Python."""
    alignment: Alignment | None = None
    """Of the text as it was given."""
    normalized_alignment: Alignment | None = None
    """Of the text as it is spoken: numbers and abbreviations in words."""


class Word(Result):
    """A word, a pause or a noise in a recording."""

    text: str
    type: str
    """``word``, ``spacing`` or ``audio_event``."""
    start: float | None = None
    """Seconds."""
    end: float | None = None
    speaker_id: str | None = None
    logprob: float | None = None
    """Logarithm of how sure it is; 0 is certain."""


class Transcript(Result):
    """What is said in a recording."""

    language_code: str
    language_probability: float
    """0 to 1."""
    text: str
    words: list[Word]


class Saying(Contract):
    """What is to be said, and how."""

    text: Annotated[str, Field(min_length=1, max_length=40_000)]
    """Each character is charged. How long it may be is the model's: 10,000 for
    ``eleven_multilingual_v2``, 30,000 for Flash and Turbo v2, 40,000 for v2.5; longer is refused,
    never cut."""
    voice_id: Id | None = None
    """Absent: ELEVENLABS_VOICE_ID."""
    model_id: ModelId | None = None
    """Absent: ELEVENLABS_MODEL_ID, else ``eleven_multilingual_v2``. A Flash or Turbo model charges
    half."""
    output_format: Format = "mp3_44100_128"
    voice_settings: VoiceSettings | None = None
    language_code: Language | None = None
    """Needed for short texts in models that would guess; not every model takes it."""
    seed: Seed | None = None
    previous_text: Annotated[str, Field(max_length=5000)] | None = None
    """What was said before, for the tone; not charged."""
    next_text: Annotated[str, Field(max_length=5000)] | None = None


class TextToSpeech(Saying, Request[Audio]):
    """Say a text in a voice."""


class TextToSpeechStream(Saying, Request[Audio]):
    """Say a text in a voice, by the way that begins sooner; it is answered when it is whole."""


class TextToSpeechWithTimestamps(Saying, Request[TimedSpeech]):
    """Say a text in a voice, and tell when each character is heard."""


class SpeechToSpeech(Request[Audio]):
    """Say what a recording says in another voice."""

    audio: AudioFile
    voice_id: Id | None = None
    """Absent: ELEVENLABS_VOICE_ID."""
    model_id: ModelId = "eleven_multilingual_sts_v2"
    output_format: Format = "mp3_44100_128"
    voice_settings: VoiceSettings | None = None
    seed: Seed | None = None
    remove_background_noise: bool = False


class GenerateSoundEffect(Request[Audio]):
    """Make a sound from its description."""

    text: Annotated[str, Field(min_length=1, max_length=450)]
    duration_seconds: Annotated[float, Field(ge=0.5, le=30)] | None = None
    """Charged by the second; absent: as long as it fits, at one price."""
    prompt_influence: Ratio = 0.3
    """High: to the letter, low: freely."""
    output_format: Format = "mp3_44100_128"


class IsolateAudio(Request[Audio]):
    """Take all but speech out of a recording."""

    audio: AudioFile


class SpeechToText(Request[Transcript]):
    """Write down what is said in a recording."""

    audio: AudioFile | None = None
    cloud_storage_url: (
        Annotated[str, Field(max_length=2048, pattern=r"^https://[^\s/]+/\S*$")] | None
    ) = None
    """Where ElevenLabs, not the hub, reads it: for more than fits into a message."""
    model_id: ModelId = "scribe_v2"
    """``scribe_v1`` is gone since July 2026: https://elevenlabs.io/docs/changelog/2026/6/8."""
    language_code: Language | None = None
    """Absent: it finds out."""
    num_speakers: Annotated[int, Field(ge=1, le=32)] | None = None
    """At most."""
    diarize: bool = False
    """Tell who speaks."""
    tag_audio_events: bool = True
    """Write down laughter and the like, too."""
    timestamps_granularity: Literal["none", "word", "character"] = "word"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.audio is None) == (self.cloud_storage_url is None):
            raise ValueError("give either audio or cloud_storage_url")
        return self
