"""What a call costs: in characters, as the plan counts.

https://elevenlabs.io/docs/overview/models
"""

from typing import Final

from contracts.elevenlabs import (
    GenerateSoundEffect,
    IsolateAudio,
    SpeechToSpeech,
    TextToSpeech,
    TextToSpeechStream,
    TextToSpeechWithTimestamps,
)

_HALF: Final = ("eleven_flash_", "eleven_turbo_")
_A_SECOND_OF_SOUND: Final = 40  # https://elevenlabs.io/docs/capabilities/sound-effects
_SOUND: Final = 30 * _A_SECOND_OF_SOUND
"""The longest there is, where the vendor decides how long."""
_A_SECOND_OF_AUDIO: Final = 1000 / 60  # …/docs/product-guides/playground/voice-changer
_BYTES_A_SECOND: Final = 16_000
"""128 kbit/s: how long a recording is stands nowhere."""


def of_text(request: TextToSpeech | TextToSpeechStream | TextToSpeechWithTimestamps) -> float:
    """Return one for each character, half of it in the quick models."""
    count = len(request.text)
    return count / 2 if (request.model_id or "").startswith(_HALF) else count


def of_sound(request: GenerateSoundEffect) -> float:
    """Return what its seconds cost."""
    seconds = request.duration_seconds
    return _SOUND if seconds is None else seconds * _A_SECOND_OF_SOUND


def of_audio(request: SpeechToSpeech | IsolateAudio) -> float:
    """Return about what a recording's minutes cost, told from its size."""
    return max(1.0, len(request.audio.data) / _BYTES_A_SECOND * _A_SECOND_OF_AUDIO)
