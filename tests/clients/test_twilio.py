"""What is special to Twilio: two ways to sign, three hosts, doubt, limits of one number, pages."""

import base64
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from clients import _recordings
from clients._call import Call
from clients._environment import Environment
from clients._http import TransportError
from clients._sandbox import SandboxEnvironment, SandboxTransport
from clients.twilio import Twilio
from contracts import Failure, NotConfigured, OutcomeUnknown, UpstreamRejected, UpstreamThrottled
from contracts.twilio import Account, Messages
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
    secrets_of,
    target_of,
)

TO = "+12025550123"
ACCOUNT = Twilio.samples["TWILIO_ACCOUNT_SID"]
KEY = {"TWILIO_API_KEY_SID": "SK1", "TWILIO_API_KEY_SECRET": "sesame"}
TOKEN = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "abracadabra"}
SERVICE = "TWILIO_VERIFY_SERVICE_SID"

UNSAFE: list[tuple[str, dict[str, Any]]] = [
    ("send_message", {"to": TO, "body": "hi"}),
    ("make_call", {"to": TO, "twiml": "<Response/>"}),
    ("send_voice_message", {"to": TO, "text": "hi"}),
    ("redirect_call", {"sid": f"CA{'a' * 32}", "twiml": "<Response/>"}),
    ("start_verification", {"to": TO}),
    ("check_verification", {"to": TO, "code": "1234"}),
]


def replay(name: str, **more: str) -> tuple[Twilio, Script]:
    """A client that is answered from one recording, and the log of what it sent."""
    env = environment_of(Twilio, **more)
    script = Script(Playback(recording(Twilio, name), Twilio, env))
    return Twilio(kit_for(Twilio, script, env=env)), script


SIGNED = [
    (TOKEN, b"AC1:abracadabra"),
    (TOKEN | KEY, b"SK1:sesame"),
    (TOKEN | {"TWILIO_API_KEY_SID": "SK1"}, b"AC1:abracadabra"),
]


@pytest.mark.parametrize(("values", "pair"), SIGNED)
async def test_an_api_key_signs_before_the_token(values: dict[str, str], pair: bytes) -> None:
    script = Script(reply({"account_sid": "AC1", "balance": "1.5", "currency": "USD"}))
    await perform(Twilio(kit_for(Twilio, script, env=Environment(values))), "get_balance")
    signed = dict(script.sent[0].headers)["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(signed) == pair
    assert target_of(script.sent[0]) == "/2010-04-01/Accounts/AC1/Balance.json"


LACKING = [
    ({}, ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")),
    (KEY, ("TWILIO_ACCOUNT_SID",)),
    ({"TWILIO_ACCOUNT_SID": "AC1"}, ("TWILIO_AUTH_TOKEN",)),
    (TOKEN, ()),
    (KEY | {"TWILIO_ACCOUNT_SID": "AC1"}, ()),
]


@pytest.mark.parametrize(("values", "names"), LACKING)
def test_what_it_lacks(values: dict[str, str], names: tuple[str, ...]) -> None:
    assert Twilio.lacking(Environment(values)) == names


UNSET: list[tuple[dict[str, str], str, str]] = [
    ({}, "send_message", "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN"),
    (KEY, "send_message", "Set TWILIO_ACCOUNT_SID "),
    (TOKEN, "send_message", "Set TWILIO_PHONE_NUMBER where the hub runs, or give sender"),
    ({}, "start_verification", "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN"),
    (KEY, "start_verification", f"Set {SERVICE} where the hub runs, or give service_sid"),
]


@pytest.mark.parametrize(("values", "operation", "words"), UNSET)
async def test_a_missing_variable_is_named(
    values: dict[str, str], operation: str, words: str
) -> None:
    client = Twilio(kit_for(Twilio, Script(), env=Environment(values)))
    with pytest.raises(NotConfigured, match=words):
        await perform(client, operation, **dict(UNSAFE)[operation])


@pytest.mark.parametrize(("operation", "params"), UNSAFE)
async def test_doubt_is_told_once_with_a_way_to_look(
    operation: str, params: dict[str, Any]
) -> None:
    script = Script(TransportError("timeout", sent=True))
    with pytest.raises(OutcomeUnknown) as caught:
        await perform(Twilio(kit_for(Twilio, script)), operation, **params)
    assert len(script.sent) == 1
    assert caught.value.detail.endswith(Twilio.operations[operation].traits.look)
    assert TO not in caught.value.detail


def test_every_unsafe_operation_says_how_to_look() -> None:
    looks = {n: one.traits.look for n, one in Twilio.operations.items() if one.kind == "unsafe"}
    assert sorted(looks) == sorted(dict(UNSAFE))
    named = set(re.findall(r"twilio\.(\w+)", " ".join(looks.values())))
    assert named <= set(Twilio.operations)
    assert all(looks.values())


PER_NUMBER = [
    ("start_verification.sends_used_up", "60203 Max send attempts reached. Check the code"),
    ("check_verification.checks_used_up", "60202 Max check attempts reached. Start a new"),
    ("lookup_phone_number.refusal", "60626 Phone number rate limit exceeded"),
]


@pytest.mark.parametrize(("name", "words"), PER_NUMBER)
async def test_a_limit_of_one_number_stops_nobody_else(name: str, words: str) -> None:
    clock = QuickClock()
    case = recording(Twilio, name)
    env = environment_of(Twilio)
    kit = kit_for(Twilio, Script(Playback(case, Twilio, env)), env=env, clock=clock)
    with pytest.raises(UpstreamRejected, match=words):
        await perform(Twilio(kit), case.operation, **case.params)
    assert kit.gates[case.exchanges[0].upstream].eta() == 0.0


BUSY: list[object] = ["<html>", [], {}, {"code": 20429}, {"code": [60203]}]


@pytest.mark.parametrize("body", BUSY)
async def test_any_other_limit_is_everyone_s(body: object) -> None:
    kit = kit_for(Twilio, Script(reply(body, status=429)), clock=QuickClock())
    with pytest.raises(UpstreamThrottled):
        await perform(Twilio(kit), "start_verification", Call(timeout=0.5), to=TO)
    assert kit.gates["verify"].eta() == pytest.approx(1.0)


@pytest.mark.parametrize(("operation", "params"), UNSAFE)
async def test_too_many_at_once_was_never_done(operation: str, params: dict[str, Any]) -> None:
    busy = reply({"code": 20429, "message": "Too many requests", "status": 429}, status=429)
    clock = QuickClock()
    script = Script(busy, busy, reply({}, status=400))
    with pytest.raises(UpstreamRejected):
        await perform(Twilio(kit_for(Twilio, script, clock=clock)), operation, **params)
    assert len(script.sent) == 3
    assert clock.passed > 0


async def test_too_many_until_the_deadline() -> None:
    busy = reply({"code": 20429, "message": "Too many requests"}, status=429, retry_after="60")
    client = Twilio(kit_for(Twilio, Script(busy), clock=QuickClock()))
    with pytest.raises(UpstreamThrottled, match="20429 Too many requests") as caught:
        await perform(client, "get_balance", Call(timeout=30.0))
    assert caught.value.facts.retry_after == pytest.approx(60)


GONE = ["check_verification.refusal", "get_verification.refusal"]


@pytest.mark.parametrize("name", GONE)
async def test_a_verification_that_is_gone(name: str) -> None:
    client, _ = replay(name)
    case = recording(Twilio, name)
    with pytest.raises(UpstreamRejected, match=r"approved, it expired .* start a new") as caught:
        await perform(client, case.operation, **case.params)
    assert caught.value.facts.upstream_status == 404


@pytest.mark.parametrize("name", ["lookup_phone_number.invalid", "check_verification.wrong_code"])
async def test_no_is_an_answer_too(name: str) -> None:
    client, _ = replay(name)
    case = recording(Twilio, name)
    result = await perform(client, case.operation, **case.params)
    assert result.model_dump()["valid"] is False


async def test_pages_stay_on_our_host() -> None:
    script = Script(
        reply(
            {
                "messages": [],
                "next_page_uri": "https://evil.example/x?Page=1&PageToken=PA9&To=%2B1999",
            }
        ),
        reply({"messages": [], "next_page_uri": None}),
    )
    client = Twilio(kit_for(Twilio, script))
    first = await perform(client, "list_messages", to=TO)
    assert isinstance(first, Messages)
    await perform(client, "list_messages", to=TO, cursor=first.next_cursor)
    assert {urlsplit(one.url).netloc for one in script.sent} == {"api.twilio.com"}
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=%2B12025550123&PageSize=50"
    assert [target_of(one) for one in script.sent] == [path, f"{path}&Page=1&PageToken=PA9"]


async def test_the_account_s_secret_stays() -> None:
    case = recording(Twilio, "get_account.success")
    assert "auth_token" in case.exchanges[0].response.body
    client, _ = replay("get_account.success")
    account = await perform(client, "get_account")
    assert isinstance(account, Account)
    assert "auth_token" not in account.model_dump_json()
    assert account.model_extra is None


SERVICES: list[tuple[dict[str, Any], str]] = [
    ({}, f"VA{'a' * 32}"),
    ({"service_sid": f"VA{'b' * 32}"}, f"VA{'b' * 32}"),
]


@pytest.mark.parametrize(("params", "service"), SERVICES)
async def test_the_verify_service_is_ours_unless_named(
    params: dict[str, Any], service: str
) -> None:
    found = {"sid": "VE1", "to": TO, "channel": "sms", "status": "pending"}
    script = Script(reply(found, status=201))
    await perform(Twilio(kit_for(Twilio, script)), "start_verification", to=TO, **params)
    assert target_of(script.sent[0]) == f"/v2/Services/{service}/Verifications"
    assert script.sent[0].body == b"To=%2B12025550123&Channel=sms"


HOSTS = ["api.twilio.com", "lookups.twilio.com", "verify.twilio.com"]


async def test_each_host_is_probed_with_a_get_that_costs_nothing() -> None:
    script = Script(lambda _: reply({"status": "active"}))
    health = await Twilio(kit_for(Twilio, script)).health_check()
    assert health["status"] == "ok"
    assert sorted(urlsplit(one.url).netloc for one in script.sent) == HOSTS
    assert {one.method for one in script.sent} == {"GET"}


async def test_the_sandbox_is_healthy_and_answers() -> None:
    keys = secrets_of(Twilio)
    env = SandboxEnvironment(Environment({}), Twilio.samples, keys)

    def transport(name: str) -> SandboxTransport:
        facts = Twilio.upstreams[name]
        return SandboxTransport(facts, facts.address(env), _recordings.load("twilio"))

    client = Twilio(kit_for(Twilio, transport, env=env))
    assert (await client.health_check())["status"] == "ok"
    for case in _recordings.load("twilio"):
        if case.code is None:
            await perform(client, case.operation, **case.params)


async def test_a_refused_key_shows_in_the_health_of_each_host() -> None:
    script = Script(lambda _: reply({"code": 20003, "message": "Authenticate"}, status=401))
    health = await Twilio(kit_for(Twilio, script)).health_check()
    codes = {one["code"] for one in health["upstreams"].values()}
    assert (health["status"], codes) == ("error", {"upstream_unauthorized"})


ENDINGS = [({}, b"Status=completed"), ({"unanswered_only": True}, b"Status=canceled")]


@pytest.mark.parametrize(("params", "body"), ENDINGS)
async def test_hanging_up(params: dict[str, Any], body: bytes) -> None:
    script = Script(reply({}, status=404))
    with pytest.raises(Failure):
        await perform(Twilio(kit_for(Twilio, script)), "end_call", sid=f"CA{'a' * 32}", **params)
    assert script.sent[0].body == body
