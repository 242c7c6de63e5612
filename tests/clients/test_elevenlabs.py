"""What is special to ElevenLabs: sound, characters as cost, refusals in three shapes."""

import base64
from typing import Any, Final

import pytest
from pydantic import ValidationError

from clients._call import Call
from clients._environment import Environment
from clients._http import HttpRequest, TransportError
from clients._limits import Bucket, limits_of
from clients.elevenlabs import ElevenLabs
from contracts import (
    BadUpstreamReply,
    Failure,
    NotConfigured,
    OutcomeUnknown,
    Result,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
)
from contracts import elevenlabs as asked
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
)

SOUND: Final = base64.b64encode(b"x" * 16_000).decode()
FILE: Final[dict[str, Any]] = {"name": "a.mp3", "data": SOUND}
KEY: Final = {"ELEVENLABS_API_KEY": "k"}


def client_of(script: Script, **values: str) -> ElevenLabs:
    env = Environment(KEY | values) if values else environment_of(ElevenLabs)
    return ElevenLabs(kit_for(ElevenLabs, script, env=env, clock=QuickClock()))


async def replayed(name: str) -> tuple[Any, HttpRequest]:
    """What a recorded case ends in, and what was sent for it."""
    case, env = recording(ElevenLabs, name), environment_of(ElevenLabs)
    script = Script(Playback(case, ElevenLabs, env))
    try:
        end: Result | Failure = await perform(
            ElevenLabs(kit_for(ElevenLabs, script, env=env)), case.operation, **case.params
        )
    except Failure as failure:
        end = failure
    return end, script.sent[0]


class TestCosts:
    COSTS: Final[list[tuple[str, dict[str, Any], float]]] = [
        ("text_to_speech", {"text": "Hello"}, 5),
        ("text_to_speech", {"text": "Hello", "model_id": "eleven_multilingual_v2"}, 5),
        ("text_to_speech", {"text": "Hello", "model_id": "eleven_flash_v2_5"}, 2.5),
        ("text_to_speech_stream", {"text": "é" * 40_000}, 40_000),
        ("text_to_speech_with_timestamps", {"text": "x", "model_id": "eleven_turbo_v2"}, 0.5),
        ("generate_sound_effect", {"text": "Rain", "duration_seconds": 0.5}, 20),
        ("generate_sound_effect", {"text": "Rain"}, 1200),
        ("isolate_audio", {"audio": FILE}, 1000 / 60),
        ("speech_to_speech", {"audio": FILE | {"data": "QQ=="}}, 1),
        ("speech_to_text", {"audio": FILE}, 1),
        ("list_voices", {}, 1),
    ]

    @pytest.mark.parametrize(("name", "params", "cost"), COSTS)
    def test_a_call_costs_its_characters(
        self, name: str, params: dict[str, Any], cost: float
    ) -> None:
        operation = ElevenLabs.operations[name]
        request = operation.request.model_validate(params)
        assert operation.cost(request) == pytest.approx(cost)

    def test_a_plan_s_characters_last_a_month(self) -> None:
        env = Environment({"ELEVENLABS_SPEECH_LIMIT": "30000/mo, concurrency 3"})
        free, starter = [
            ElevenLabs.upstreams["speech"].allowed(one) for one in (Environment({}), env)
        ]
        assert (free.concurrency, starter.concurrency) == (2, 3)
        bucket = Bucket(limits_of(ElevenLabs.upstreams["speech"].limits).rates)
        assert bucket.take(0.0, 9_000, 1.0)
        assert not bucket.take(0.0, 1_001, 1.0)
        assert bucket.wait(0.0, 10_001) == float("inf")

    async def test_health_spends_no_character(self) -> None:
        script = Script(lambda _: reply({}))
        health = await client_of(script).health_check()
        assert health["status"] == "ok"
        sent = sorted(one.url.partition("elevenlabs.io")[2] for one in script.sent)
        assert sent == ["/v1/models", "/v1/user/subscription"]

    UNSAFE: Final[dict[str, dict[str, Any]]] = {
        "text_to_speech": {"text": "Hello"},
        "text_to_speech_stream": {"text": "Hello"},
        "text_to_speech_with_timestamps": {"text": "Hello"},
        "generate_sound_effect": {"text": "Rain"},
        "speech_to_speech": {"audio": FILE},
        "isolate_audio": {"audio": FILE},
        "speech_to_text": {"audio": FILE},
        "clone_voice": {"name": "x", "audio_files": [FILE]},
    }

    @pytest.mark.parametrize("name", UNSAFE)
    async def test_nothing_is_charged_twice(self, name: str) -> None:
        script = Script(TransportError("timeout", sent=True))
        with pytest.raises(OutcomeUnknown) as caught:
            await perform(client_of(script), name, **self.UNSAFE[name])
        assert len(script.sent) == 1
        assert caught.value.detail.endswith(ElevenLabs.operations[name].traits.look)

    def test_those_are_all(self) -> None:
        found = {name for name, one in ElevenLabs.operations.items() if one.kind == "unsafe"}
        assert found == set(self.UNSAFE)


class TestSound:
    async def test_it_comes_with_what_it_cost(self) -> None:
        audio, request = await replayed("text_to_speech.success")
        assert (audio.media_type, audio.data[:3], audio.size) == ("audio/mpeg", b"ID3", 6)
        assert (audio.characters_charged, audio.history_item_id) == (13, "ja9xsmfGhxYcymxGcOGB")
        assert ("Content-Type", "application/json") in request.headers

    async def test_headers_may_tell_nothing(self) -> None:
        audio, _ = await replayed("text_to_speech.settings")
        assert (audio.media_type, audio.characters_charged) == ("audio/basic", None)

    @pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8"])
    async def test_words_are_no_sound(self, kind: str) -> None:
        script = Script(reply(b"{}", content_type=kind))
        with pytest.raises(BadUpstreamReply, match="no audio"):
            await perform(client_of(script), "text_to_speech", text="Hello")

    async def test_base64_is_made_bytes(self) -> None:
        speech, _ = await replayed("text_to_speech_with_timestamps.success")
        assert speech.data[:3] == b"ID3"
        assert speech.alignment.characters == list("Hello")
        assert speech.model_dump(mode="json")["data"] == base64.b64encode(speech.data).decode()

    @pytest.mark.parametrize("name", ["clone_voice.success", "speech_to_text.success"])
    async def test_files_go_in_parts(self, name: str) -> None:
        _, request = await replayed(name)
        (kind,) = [value for header, value in request.headers if header == "Content-Type"]
        assert kind.startswith("multipart/form-data; boundary=")


class TestDefaults:
    @pytest.mark.parametrize(
        ("variables", "params", "path", "model"),
        [
            ({"ELEVENLABS_VOICE_ID": "v1"}, {}, "v1", "eleven_multilingual_v2"),
            (
                {"ELEVENLABS_VOICE_ID": "v1", "ELEVENLABS_MODEL_ID": "eleven_v3"},
                {},
                "v1",
                "eleven_v3",
            ),
            (
                {"ELEVENLABS_MODEL_ID": "eleven_v3"},
                {"voice_id": "v2", "model_id": "eleven_flash_v2"},
                "v2",
                "eleven_flash_v2",
            ),
        ],
    )
    async def test_voice_and_model_are_ours_unless_named(
        self, variables: dict[str, str], params: dict[str, Any], path: str, model: str
    ) -> None:
        script = Script(reply(b"ID3", content_type="audio/mpeg"))
        await perform(client_of(script, **variables), "text_to_speech", text="Hello", **params)
        assert f"/v1/text-to-speech/{path}?" in script.sent[0].url
        assert f'"model_id":"{model}"' in script.sent[0].body.decode()

    @pytest.mark.parametrize(
        ("name", "params"), [("text_to_speech", {"text": "Hello"}), ("get_voice", {})]
    )
    async def test_a_missing_voice_is_named(self, name: str, params: dict[str, Any]) -> None:
        client = client_of(Script(), ELEVENLABS_MODEL_ID="eleven_v3")
        with pytest.raises(NotConfigured, match="ELEVENLABS_VOICE_ID"):
            await perform(client, name, **params)


class TestRefusals:
    KINDS: Final[list[tuple[str, type[Failure], str]]] = [
        ("text_to_speech.refusal", UpstreamRejected, "voice_not_found A voice"),
        ("text_to_speech.quota", UpstreamRejected, "quota_exceeded This request exceeds"),
        ("text_to_speech.key", UpstreamUnauthorized, "invalid_api_key"),
        ("get_subscription_info.refusal", UpstreamUnauthorized, "missing_permissions"),
        (
            "text_to_speech.invalid",
            UpstreamRejected,
            "body.seed: value is not a valid integer; body.text.0: field required",
        ),
    ]

    @pytest.mark.parametrize(("name", "kind", "said"), KINDS)
    async def test_what_they_mean(self, name: str, kind: type[Failure], said: str) -> None:
        failure, _ = await replayed(name)
        assert type(failure) is kind
        assert said in failure.detail

    @pytest.mark.parametrize("status", ["too_many_concurrent_requests", "system_busy"])
    async def test_too_many_is_told_as_such(self, status: str) -> None:
        body = {"detail": {"status": status, "message": "Wait."}}
        script = Script(lambda _: reply(body, status=429, retry_after="300"))
        with pytest.raises(UpstreamThrottled, match=f"{status} Wait"):
            await perform(client_of(script), "text_to_speech", Call(timeout=5.0), text="Hello")

    BODIES: Final[list[tuple[object, str]]] = [
        ({"detail": "Not Found"}, "HTTP 404: Not Found"),
        ({"detail": {"code": "gone", "message": "No."}}, "HTTP 404: gone No."),
        ({"message": "odd"}, "HTTP 404: odd"),
        (b"<html>", "HTTP 404"),
    ]

    @pytest.mark.parametrize(("body", "said"), BODIES)
    async def test_any_shape_is_told(self, body: object, said: str) -> None:
        with pytest.raises(UpstreamRejected, match=said):
            await perform(client_of(Script(reply(body, status=404))), "list_models")


class TestPages:
    async def test_they_go_on_as_told(self) -> None:
        names = ["list_voices.success", "list_voices.last"]
        first, last = [(await replayed(one))[0] for one in names]
        assert (first.next_cursor, last.next_cursor) == ("next-1", None)
        assert last.voices[0].created_at is None

    async def test_the_history_tells_what_each_cost(self) -> None:
        first, _ = await replayed("list_history.success")
        assert first.history[0].characters_charged == 42
        assert first.history[0].created_at.isoformat() == "2024-05-02T11:45:06+00:00"
        assert first.next_cursor == "ja9xsmfGhxYcymxGcOGB"
        assert (await replayed("list_history.last"))[0].next_cursor is None


WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (asked.TextToSpeech, {"text": ""}, "text"),
    (asked.TextToSpeech, {"text": "x" * 40_001}, "text"),
    (asked.TextToSpeech, {"text": "x", "voice_id": "a/b"}, "voice_id"),
    (asked.TextToSpeech, {"text": "x", "voice_settings": {"stability": 1.1}}, "stability"),
    (asked.TextToSpeech, {"text": "x", "voice_settings": {"loud": 1}}, "loud"),
    (asked.SpeechToText, {}, "either"),
    (asked.SpeechToText, {"audio": FILE, "cloud_storage_url": "https://a.test/b"}, "either"),
    (asked.SpeechToText, {"cloud_storage_url": "http://a.test/b"}, "cloud_storage_url"),
    (asked.CloneVoice, {"name": "x", "audio_files": []}, "audio_files"),
    (asked.CloneVoice, {"name": "x", "audio_files": [FILE] * 12}, "180000 bytes together"),
    (asked.IsolateAudio, {"audio": FILE | {"name": "../a"}}, "name"),
    (asked.IsolateAudio, {"audio": FILE | {"media_type": "text/html"}}, "media_type"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
