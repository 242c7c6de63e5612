"""ElevenLabs: speech, voices, transcripts.  https://elevenlabs.io/docs/api-reference."""

from typing import ClassVar, Final, TypeVar

import orjson

from clients._api import HttpCall
from clients._auth import Key
from clients._body import Body, File, fields, json_of, multipart
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import MONTH, Concurrency, Rate
from clients._operation import operation
from clients._reading import Reading, Whole
from clients._upstream import Upstream
from clients.elevenlabs import answers, costs
from contracts import Failure, NotConfigured, Result
from contracts import elevenlabs as asked
from contracts.elevenlabs.parameters import AudioFile, VoiceSettings
from contracts.elevenlabs.speech import Saying

R = TypeVar("R", bound=Result)

_HOST: Final = "https://api.elevenlabs.io"
_KEY: Final = Key("xi-api-key", ("ELEVENLABS_API_KEY",))
_PLANS: Final = "https://elevenlabs.io/docs/overview/models#concurrency-and-priority"
_PRICES: Final = "https://elevenlabs.io/pricing"
_MODEL: Final = "eleven_multilingual_v2"
_LOOK: Final = (
    "elevenlabs.list_history shows whether it was made and charged; "
    "elevenlabs.get_history_audio fetches it for nothing."
)
_LOOK_TEXT: Final = "Asking again is charged again, and does no other harm."
_LOOK_VOICE: Final = "elevenlabs.list_voices with its name shows whether the voice is there."
_AUDIO: Final = Whole(answers.audio)


class ElevenLabs(Client):
    """ElevenLabs, with the limits of the free plan.

    Another plan's are set by ELEVENLABS_SPEECH_LIMIT, ``100000/mo, concurrency 5``, and
    ELEVENLABS_TRANSCRIPTION_LIMIT. No header tells what is left; `get_subscription_info` does.
    """

    speech = Upstream(
        _HOST,
        auth=_KEY,
        limits=[
            Rate(10_000, per=MONTH, source=_PRICES),  # characters
            Concurrency(2, source=_PLANS),
        ],
    )
    transcription = Upstream(
        _HOST,
        auth=_KEY,
        limits=[Concurrency(10, source=_PLANS)],
        probe="/v1/models",
    )
    api = Upstream(
        _HOST,
        auth=_KEY,
        limits=[Rate(10, per=1, burst=10, source=_PLANS)],  # ours: only sound is limited
        probe="/v1/user/subscription",
    )
    variables = ("ELEVENLABS_VOICE_ID", "ELEVENLABS_MODEL_ID")
    samples: ClassVar = {"ELEVENLABS_VOICE_ID": "21m00Tcm4TlvDq8ikWAM"}
    exempt: ClassVar = {
        "probe": "A probe of speech would count as a character; the others have host and key too."
    }

    def refusal(self, response: HttpResponse) -> Failure | None:
        """What is wrong stands under ``detail``, in one of three shapes."""
        return answers.refused(response)

    @operation("unsafe", cost=costs.of_text, timeout=120, look=_LOOK)
    async def text_to_speech(self, request: asked.TextToSpeech) -> asked.Audio:
        """Say a text."""
        return await self._say(request, "/v1/text-to-speech/{voice_id}", asked.Audio, _AUDIO)

    @operation("unsafe", cost=costs.of_text, timeout=120, look=_LOOK)
    async def text_to_speech_stream(self, request: asked.TextToSpeechStream) -> asked.Audio:
        """Say a text, beginning sooner."""
        path = "/v1/text-to-speech/{voice_id}/stream"
        return await self._say(request, path, asked.Audio, _AUDIO)

    @operation("unsafe", cost=costs.of_text, timeout=120, look=_LOOK)
    async def text_to_speech_with_timestamps(
        self, request: asked.TextToSpeechWithTimestamps
    ) -> asked.TimedSpeech:
        """Say a text, and tell when each character is heard."""
        path = "/v1/text-to-speech/{voice_id}/with-timestamps"
        return await self._say(request, path, asked.TimedSpeech)

    @operation("unsafe", cost=costs.of_audio, timeout=120, look=_LOOK)
    async def speech_to_speech(self, request: asked.SpeechToSpeech) -> asked.Audio:
        """Say what a recording says in another voice."""
        settings = _settings(request.voice_settings)
        body = multipart(
            ("audio", _file(request.audio)),
            ("model_id", request.model_id),
            ("voice_settings", orjson.dumps(settings).decode() if settings else None),
            ("seed", request.seed),
            ("remove_background_noise", request.remove_background_noise),
        )
        path = "/v1/speech-to-speech/{voice_id}{?output_format}"
        return await self._make(request, path, body, asked.Audio, _AUDIO)

    @operation("unsafe", cost=costs.of_sound, timeout=120, look=_LOOK)
    async def generate_sound_effect(self, request: asked.GenerateSoundEffect) -> asked.Audio:
        """Make a sound from its description."""
        path = "/v1/sound-generation{?output_format}"
        return await self.speech.post(path, request, read=_AUDIO)

    @operation("unsafe", cost=costs.of_audio, timeout=120, look=_LOOK_TEXT)
    async def isolate_audio(self, request: asked.IsolateAudio) -> asked.Audio:
        """Take all but speech out of a recording."""
        body = multipart(("audio", _file(request.audio)))
        return await self.speech.post("/v1/audio-isolation", request, body=body, read=_AUDIO)

    @operation("unsafe", timeout=300, look=_LOOK_TEXT)
    async def speech_to_text(self, request: asked.SpeechToText) -> asked.Transcript:
        """Write down what is said."""
        given = fields(request, "audio")
        audio = None if request.audio is None else _file(request.audio)
        body = multipart(*given.items(), ("file", audio))
        return await self.transcription.post("/v1/speech-to-text", request, body=body)

    @operation("safe")
    async def list_voices(self, request: asked.ListVoices) -> asked.Voices:
        """List a page of voices."""
        query = {**fields(request, "cursor"), "next_page_token": request.cursor}
        return await self.api.get("/v2/voices", request, query=query, read=answers.voices)

    @operation("safe", ttl=60)
    async def get_voice(self, request: asked.GetVoice) -> asked.Voice:
        """Tell about a voice."""
        call = HttpCall("GET", "/v1/voices/{voice_id}", {"voice_id": self._voice(request.voice_id)})
        return self.api.parse(await self.api.send(call), asked.Voice)

    @operation("unsafe", timeout=120, look=_LOOK_VOICE)
    async def clone_voice(self, request: asked.CloneVoice) -> asked.ClonedVoice:
        """Make a voice from recordings."""
        labels = request.labels
        body = multipart(
            ("name", request.name),
            ("description", request.description),
            ("labels", orjson.dumps(labels).decode() if labels else None),
            ("remove_background_noise", request.remove_background_noise),
            *(("files", _file(one)) for one in request.audio_files),
        )
        return await self.api.post("/v1/voices/add", request, body=body)

    @operation("idempotent")  # what is gone stays gone
    async def delete_voice(self, request: asked.DeleteVoice) -> asked.DeletedVoice:
        """Delete a voice."""
        gone = {"voice_id": request.voice_id}
        return await self.api.delete("/v1/voices/{voice_id}", request, read=lambda _: gone)

    @operation("safe")
    async def get_subscription_info(self, request: asked.GetSubscriptionInfo) -> asked.Subscription:
        """Tell the plan, and how many characters are left."""
        return await self.api.get("/v1/user/subscription", request)

    @operation("safe", ttl=300)
    async def list_models(self, request: asked.ListModels) -> asked.Models:
        """List the models."""
        return await self.api.get("/v1/models", request, read=lambda raw: {"models": raw})

    @operation("safe")
    async def list_history(self, request: asked.ListHistory) -> asked.History:
        """List a page of what was made."""
        query = {**fields(request, "cursor"), "start_after_history_item_id": request.cursor}
        return await self.api.get("/v1/history", request, query=query, read=answers.history)

    @operation("safe", timeout=120)
    async def get_history_audio(self, request: asked.GetHistoryAudio) -> asked.Audio:
        """Fetch sound that was made before."""
        return await self.api.get("/v1/history/{history_item_id}/audio", request, read=_AUDIO)

    async def _say(
        self, request: Saying, path: str, into: type[R], read: Reading | None = None
    ) -> R:
        said = request.model_dump(
            mode="json", exclude={"voice_id", "output_format"}, exclude_none=True
        )
        said["model_id"] = request.model_id or self.env.get("ELEVENLABS_MODEL_ID") or _MODEL
        return await self._make(request, f"{path}{{?output_format}}", json_of(said), into, read)

    async def _make(
        self,
        request: Saying | asked.SpeechToSpeech,
        path: str,
        body: Body,
        into: type[R],
        read: Reading | None,
    ) -> R:
        values = vars(request) | {"voice_id": self._voice(request.voice_id)}
        answer = await self.speech.send(HttpCall("POST", path, values, body=body))
        return self.speech.parse(answer, into, read)

    def _voice(self, given: str | None) -> str:
        voice = given or self.env.get("ELEVENLABS_VOICE_ID")
        if voice is None:
            raise NotConfigured("Set ELEVENLABS_VOICE_ID where the hub runs, or give voice_id.")
        return voice


def _settings(settings: VoiceSettings | None) -> dict[str, object]:
    return settings.model_dump(exclude_none=True) if settings else {}


def _file(one: AudioFile) -> File:
    return File(one.name, one.media_type, one.data)
