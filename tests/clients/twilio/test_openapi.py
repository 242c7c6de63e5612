"""Twilio's own OpenAPI file as judge of what we send and of what we can read."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from clients import _recordings
from clients._http import HttpRequest
from clients._recordings import Recording
from clients.twilio import Twilio
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, reply

FILE: Final = Path(__file__).parents[4] / "shared/specs/twilio/twilio_api_v2010.json"
HOST: Final = "https://api.twilio.com"
ACCOUNT: Final = "/2010-04-01/Accounts/{AccountSid}"
OPERATIONS: Final = {
    "send_message": ("post", f"{ACCOUNT}/Messages.json"),
    "get_message": ("get", f"{ACCOUNT}/Messages/{{Sid}}.json"),
    "list_messages": ("get", f"{ACCOUNT}/Messages.json"),
    "redact_message": ("post", f"{ACCOUNT}/Messages/{{Sid}}.json"),
    "cancel_message": ("post", f"{ACCOUNT}/Messages/{{Sid}}.json"),
    "delete_message": ("delete", f"{ACCOUNT}/Messages/{{Sid}}.json"),
    "make_call": ("post", f"{ACCOUNT}/Calls.json"),
    "send_voice_message": ("post", f"{ACCOUNT}/Calls.json"),
    "get_call": ("get", f"{ACCOUNT}/Calls/{{Sid}}.json"),
    "list_calls": ("get", f"{ACCOUNT}/Calls.json"),
    "end_call": ("post", f"{ACCOUNT}/Calls/{{Sid}}.json"),
    "redirect_call": ("post", f"{ACCOUNT}/Calls/{{Sid}}.json"),
    "list_phone_numbers": ("get", f"{ACCOUNT}/IncomingPhoneNumbers.json"),
    "get_balance": ("get", f"{ACCOUNT}/Balance.json"),
    "get_account": ("get", "/2010-04-01/Accounts/{Sid}.json"),
}
CASES: Final = [
    one
    for one in _recordings.load("twilio")
    if all(exchange.upstream == "api" for exchange in one.exchanges)
]

pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="Twilio's OpenAPI file is not here: ../shared/specs is absent"
)


@cache
def spec() -> dict[str, Any]:
    """The file."""
    found: dict[str, Any] = json.loads(FILE.read_bytes())
    return found


@cache
def judge() -> OpenAPI:
    """Judge by the part of the file that our operations use: the whole takes minutes to check."""
    paths = {path: spec()["paths"][path] for _, path in OPERATIONS.values()}
    part = {name: spec()[name] for name in ("openapi", "info", "servers", "security")}
    schemes = spec()["components"]["securitySchemes"]
    components = {"schemas": used(paths), "securitySchemes": schemes}
    config = Config(extra_format_validators={"date-time": lambda _: True})  # it has dates there
    return OpenAPI.from_dict(part | {"paths": paths, "components": components}, config=config)


def used(paths: dict[str, Any]) -> dict[str, Any]:
    """The schemas that these paths refer to."""
    every = spec()["components"]["schemas"]
    found: dict[str, Any] = {}
    left = [json.dumps(paths)]
    while left:
        for name in re.findall(r'"#/components/schemas/([^"]+)"', left.pop()):
            if name not in found:
                found[name] = every[name]
                left.append(json.dumps(every[name]))
    return found


def described(name: str) -> dict[str, Any]:
    """What the file says of an operation."""
    method, path = OPERATIONS[name]
    found: dict[str, Any] = spec()["paths"][path][method]
    return found


def known(name: str) -> set[str]:
    """The names that an operation takes in query and form: the judge passes over others."""
    media = described(name).get("requestBody", {}).get("content", {})
    form = media.get("application/x-www-form-urlencoded", {}).get("schema", {})
    queries = {one["name"] for one in described(name).get("parameters", [])}
    return queries | set(form.get("properties", {}))


def names_in(*texts: str) -> set[str]:
    """The names in some queries and forms."""
    return {name for one in texts for name in parse_qs(one, keep_blank_values=True)}


def as_asked(request: HttpRequest) -> MockRequest:
    """A request of ours, as the judge takes it."""
    parts = urlsplit(request.url)
    headers = dict(request.headers)
    return MockRequest(
        HOST,
        request.method.lower(),
        parts.path,
        args=parse_qs(parts.query, keep_blank_values=True),
        headers=headers,
        data=request.body or None,
        content_type=headers.get("Content-Type", ""),
    )


async def replayed(case: Recording) -> HttpRequest:
    """What the client sends for a recorded case."""
    env = environment_of(Twilio)
    script = Script(Playback(case, Twilio, env))
    kit = kit_for(Twilio, script, env=env)
    if case.code is None:
        await perform(Twilio(kit), case.operation, **case.params)
    else:
        with pytest.raises(Exception, match=r"HTTP 4\d\d"):
            await perform(Twilio(kit), case.operation, **case.params)
    return script.sent[0]


def test_every_operation_of_that_file_is_judged() -> None:
    others = {"verify", "lookups"}
    elsewhere = {
        one.operation
        for one in _recordings.load("twilio")
        if {exchange.upstream for exchange in one.exchanges} <= others
    }
    assert set(OPERATIONS) == set(Twilio.operations) - elsewhere


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
async def test_what_we_send(case: Recording) -> None:
    request = await replayed(case)
    judge().validate_request(as_asked(request))
    method, path = OPERATIONS[case.operation]
    filled = re.sub(r"\\\{\w+\\\}", "[A-Z]{2}[0-9a-f]{32}", re.escape(path))
    assert request.method == method.upper()
    assert re.fullmatch(filled, urlsplit(request.url).path)
    assert names_in(urlsplit(request.url).query, request.body.decode()) <= known(case.operation)


@pytest.mark.parametrize("body", [b"Body=x", b"To=x&MessagingServiceSid=x"])
def test_the_judge_is_strict(body: bytes) -> None:
    url = f"{HOST}/2010-04-01/Accounts/AC{'a' * 32}/Messages.json"
    headers = (("Authorization", "Basic x"), ("Content-Type", "application/x-www-form-urlencoded"))
    with pytest.raises(OpenAPIError):
        judge().validate_request(as_asked(HttpRequest("POST", url, headers, body)))


@pytest.mark.parametrize("case", [one for one in CASES if not one.code], ids=lambda one: one.name)
async def test_what_the_recordings_answer(case: Recording) -> None:
    (exchange,) = case.exchanges
    answer = MockResponse(
        exchange.response.raw(), exchange.response.status, content_type="application/json"
    )
    judge().validate_response(as_asked(await replayed(case)), answer)


def examples() -> Iterator[Any]:
    """Each example reply of the file, for each operation that may get it."""
    for name in OPERATIONS if FILE.is_file() else ():
        for status, answer in described(name)["responses"].items():
            media = answer.get("content", {}).get("application/json", {})
            for title, example in media.get("examples", {}).items():
                yield pytest.param(name, int(status), example["value"], id=f"{name}-{title}")


@pytest.mark.parametrize(("name", "status", "body"), list(examples()))
async def test_the_examples_can_be_read(name: str, status: int, body: Any) -> None:  # noqa: ANN401
    case = next(one for one in CASES if one.name == f"{name}.success")
    client = Twilio(kit_for(Twilio, Script(reply(body, status=status))))
    result = await perform(client, name, **case.params)
    items = next((value for value in body.values() if isinstance(value, list)), None)
    if items is None:
        assert result.model_dump(by_alias=True, mode="json").get("sid") == body.get("sid")
        return
    found = result.model_dump()
    assert [one["sid"] for one in found["results"]] == [one["sid"] for one in items]
    assert found["has_more"] is bool(body["next_page_uri"])
