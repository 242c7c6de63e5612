"""Kinds of parameters that several ElevenLabs operations share."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Part
from contracts._types import Upload

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
"""Letters and digits, 20 as a rule."""

ModelId = Annotated[
    str,
    Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$", examples=["eleven_multilingual_v2"]),
]
"""As `list_models` has it."""

Language = Annotated[str, Field(max_length=3, pattern=r"^[a-z]{2,3}$", examples=["en"])]
"""ISO 639-1 or 639-3."""

Seed = Annotated[int, Field(ge=0, le=4_294_967_295)]
"""The same seed and parameters give much the same sound, without promise."""

Format = Literal[
    "mp3_22050_32",
    "mp3_44100_32",
    "mp3_44100_64",
    "mp3_44100_96",
    "mp3_44100_128",
    "mp3_44100_192",
    "pcm_8000",
    "pcm_16000",
    "pcm_22050",
    "pcm_24000",
    "pcm_44100",
    "pcm_48000",
    "ulaw_8000",
    "alaw_8000",
    "opus_48000_32",
    "opus_48000_64",
    "opus_48000_96",
    "opus_48000_128",
    "opus_48000_192",
]
"""Codec, samples a second, kbit/s. The better ones need a higher plan."""

Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class VoiceSettings(Part):
    """How a voice speaks; what is absent is as the voice has it."""

    stability: Ratio | None = None
    """Low: lively, high: even."""
    similarity_boost: Ratio | None = None
    style: Ratio | None = None
    use_speaker_boost: bool | None = None
    speed: Annotated[float, Field(ge=0.7, le=1.2)] | None = None
    """1 is the voice's own."""


class AudioFile(Part):
    """A recording."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$")]
    """A file's name, ``sample.mp3``."""
    media_type: Annotated[str, Field(max_length=64, pattern=r"^(audio|video)/[\w.+-]+$")] = (
        "audio/mpeg"
    )
    data: Upload
