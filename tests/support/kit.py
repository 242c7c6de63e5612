"""How tests make a client: over transports that answer from a script or from recordings.

::

    script = Script(reply({"id": 1}), reply(status=429))
    client = Notion(kit_for(Notion, script))
    page = await perform(client, "get_page", page_id="…")
    assert script.sent[0].method == "GET"
"""

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from clients import _recordings
from clients._breaker import Breaker
from clients._call import Call
from clients._client import Client
from clients._clock import Clock
from clients._environment import Environment
from clients._gate import Gate
from clients._http import HttpRequest, HttpResponse, Transport, TransportError
from clients._kit import Kit
from clients._limits import Bucket
from clients._operation import Operation
from clients._recordings import Exchange, Recording
from clients._redact import Redactor
from clients._tokens import TokenSource
from contracts import Failure, Result

Outcome = HttpResponse | TransportError
Answering = Callable[[HttpRequest], Outcome]
Note = tuple[str, Failure | None, float]


def reply(body: object = None, status: int = 200, **headers: str) -> HttpResponse:
    """An answer; bytes and text as they are, anything else as JSON; ``retry_after="7"``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes):
        return HttpResponse(status, named, body)
    if isinstance(body, str):
        return HttpResponse(status, named, body.encode())
    raw = b"" if body is None else orjson.dumps(body)
    return HttpResponse(status, {"content-type": "application/json"} | named, raw)


class Script:
    """A transport that answers in turn, or as a function says, and logs what was sent."""

    def __init__(self, *answers: Outcome | Answering) -> None:
        self._answers = deque(answers)
        self.sent: list[HttpRequest] = []
        self.closed = 0

    async def send(self, request: HttpRequest) -> HttpResponse:
        await request.leave()
        self.sent.append(request)
        answer = self._next(request)
        request.mark.sent = not isinstance(answer, TransportError) or answer.sent
        if isinstance(answer, TransportError):
            raise answer
        return answer

    async def aclose(self) -> None:
        self.closed += 1

    def then(self, *answers: Outcome | Answering) -> None:
        """Answer like this from now on."""
        self._answers = deque(answers)

    def _next(self, request: HttpRequest) -> Outcome:
        if not self._answers:
            raise AssertionError(f"No answer is left for {request.method} {request.url}")
        first = self._answers[0]
        if callable(first):
            return first(request)
        self._answers.popleft()
        return first


class NotRecorded(AssertionError):
    """A call that the recording has not."""


class Playback:
    """Answers each recorded call once, in any order, and nothing else."""

    def __init__(self, recording: Recording, facts: type[Client], env: Environment) -> None:
        self._left: list[Exchange] = list(recording.exchanges)
        self._bases = {name: one.address(env) for name, one in facts.upstreams.items()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for one in self._left:
            base = self._bases[one.upstream]
            target = request.url.removeprefix(base)
            if target == request.url or not one.request.fits(request.method, target, request.body):
                continue
            self._left.remove(one)
            return one.response.at()
        raise NotRecorded(f"{_shown(request)}\nleft: {self._left}")

    def used_up(self) -> bool:
        """Whether every recorded call was made."""
        return not self._left


def _shown(request: HttpRequest) -> str:
    return f"{request.method} {request.url} {request.body.decode(errors='replace')}"


CANARY: Final = "canary-4f1c9a"
TOKEN: Final = f"{CANARY}-token"


def environment_of(facts: type[Client], **more: str) -> Environment:
    """Return an environment in which that client can work: canaries as keys, samples on top."""
    keys = {name: f"{CANARY}-{name}" for name in secrets_of(facts)}
    needs = {name: f"sample-{name}" for one in facts.upstreams.values() for name in one.places}
    urls = {
        one.url_variable: f"https://{one.integration}-{one.name}.test".replace("_", "-")
        for one in facts.upstreams.values()
        if not one.url
    }
    return Environment(needs | keys | urls | dict(facts.samples) | more)


def secrets_of(facts: type[Client]) -> tuple[str, ...]:
    """Return the variables that hold its keys."""
    names = (n for one in facts.upstreams.values() if not one.secret_url for n in one.keys)
    return tuple(dict.fromkeys(names))


def apart(facts: type[Client], transport: Transport) -> Callable[[str], Transport]:
    """Return a transport for its calls; where tokens come from there always is one."""

    def way(name: str) -> Transport:
        for_tokens = facts.upstreams[name.partition(".")[0]].for_tokens
        return Tokens(transport) if for_tokens else transport

    return way


class Tokens:
    """Has a token for whoever asks; the rest is another transport's."""

    def __init__(self, rest: Transport) -> None:
        self._rest = rest

    async def send(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return await self._rest.send(request)
        await request.leave()
        request.mark.sent = True
        return reply({"access_token": TOKEN, "expires_in": 3600})

    async def aclose(self) -> None:
        pass


class Held:
    """Where there is always a token."""

    async def token(self, source: TokenSource, env: Environment) -> tuple[Hashable, str]:  # noqa: ARG002
        return "held", TOKEN


@dataclass
class Notes:
    """What a client told of its attempts."""

    all: list[Note] = field(default_factory=list)

    def __call__(self, upstream: str, failure: Failure | None, seconds: float) -> None:
        self.all.append((upstream, failure, seconds))


def kit_for(
    facts: type[Client],
    transport: Transport | Callable[[str], Transport],
    *,
    env: Environment | None = None,
    clock: Clock | None = None,
    note: Notes | None = None,
    redact: Redactor | None = None,
) -> Kit:
    """Return a kit with unlimited gates; `transport` for all upstreams, or made by name."""
    env = env or environment_of(facts)
    clock = clock or Clock()
    here = facts.upstreams_in(env)
    return Kit(
        env=env,
        gates={name: Gate(Bucket(), Breaker(), clock) for name in here},
        transports=transport if callable(transport) else lambda _: transport,
        redact=redact or Redactor(text for one in here.values() for text in one.secrets(env)),
        clock=clock,
        note=note or Notes(),
    )


def call_for(operation: Operation, params: Mapping[str, Any], **more: Any) -> Call:  # noqa: ANN401
    """Return the call that the hub would make of these parameters."""
    request = operation.request.model_validate(params)
    known = {"kind": operation.kind, "timeout": operation.traits.timeout, "key": "request-1"}
    return Call(**(known | {"cost": operation.cost(request)} | more))


async def perform(
    client: Client,
    operation: str,
    call: Call | None = None,
    **params: Any,  # noqa: ANN401
) -> Result:
    """Make one call as the hub would, from the JSON of its parameters."""
    facts = client.operations[operation]
    request = facts.request.model_validate_json(orjson.dumps(params))
    return await client.call(request, call or call_for(facts, params))


def recording(facts: type[Client], name: str) -> Recording:
    """Return ``<operation>.<case>`` of that client."""
    return next(one for one in _recordings.load(facts.name) if one.name == name)


def target_of(request: HttpRequest) -> str:
    """Return path and query, as they leave."""
    parts = urlsplit(request.wire_url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
