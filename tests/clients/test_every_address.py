"""Every address can be put elsewhere by its variable: a local stub sees what the vendor would.

Method, path, query and body as recorded, and the proof of who asks; of named instances each its
own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from clients._auth import Auth
from clients._client import Client
from clients._environment import Environment
from clients._recordings import Recording
from clients._tokens import TokenSource
from clients._transport import AioHttpTransport
from clients._upstream import Upstream
from tests.support import upstream as server
from tests.support.conformance import CLIENTS, SUCCESSES, Case
from tests.support.kit import (
    CANARY,
    TOKEN,
    Held,
    environment_of,
    kit_for,
    perform,
)
from tests.support.stand_in import answer, beside

INSTANCE = "north"


@dataclass(frozen=True)
class Address:
    """One upstream of an integration; with `named`, as an instance called so."""

    facts: type[Client]
    member: str
    named: bool

    def __str__(self) -> str:
        return f"{self.facts.name}.{self.member}{f'.{INSTANCE}' if self.named else ''}"

    def upstream(self) -> Upstream:
        return self.facts.upstreams[self.member]

    def case(self) -> Case | None:
        """The shortest success that calls it; of one for tokens, that needs one of its tokens."""
        found = [one for one in SUCCESSES if one.facts is self.facts and self._called(one)]
        return min(
            found or self._chosen(), key=lambda one: len(one.recording.exchanges), default=None
        )

    def _chosen(self) -> Iterator[Case]:
        """The calls of another address that a parameter chooses, sent to this one."""
        for one in SUCCESSES:
            for name, value in one.recording.params.items() if one.facts is self.facts else ():
                if isinstance(value, str) and value in self.facts.upstreams:
                    yield replace(one, recording=self._here(one.recording, name, value))

    def _here(self, recording: Recording, name: str, other: str) -> Recording:
        exchanges = tuple(
            one.model_copy(update={"upstream": self.member}) if one.upstream == other else one
            for one in recording.exchanges
        )
        params = {**recording.params, name: self.member}
        return recording.model_copy(update={"params": params, "exchanges": exchanges})

    def _called(self, case: Case) -> bool:
        called = {self.facts.upstreams[one.upstream] for one in case.recording.exchanges}
        asked = {at for one in called for at in one.auth.chosen(environment_of(self.facts)).asks}
        return self.upstream() in (asked if self.upstream().for_tokens else called)

    def environment(self, to: str) -> Environment:
        """Everything at the stub; what an instance of that name reads only under its name."""
        env = environment_of(self.facts)
        plain = {
            one.url_variable: beside(to, one.address(env)) for one in self.facts.upstreams.values()
        }
        return environment_of(self.facts, **plain, **(self._instances(to) if self.named else {}))

    def _instances(self, to: str) -> dict[str, str]:
        listed = self.upstream().instances
        env = environment_of(self.facts)
        found = {listed: INSTANCE}
        for one in self.facts.upstreams.values():
            if one.instances == listed:
                (here,) = one.here(Environment({listed: INSTANCE}))
                found |= {name: f"{CANARY}-{INSTANCE}-{name}" for name in here.keys}
                found |= {name: f"sample-{name}" for name in here.places}
                found[here.url_variable] = beside(to, one.address(env))
        return found


def addresses() -> Iterator[Address]:
    for facts in CLIENTS:
        for name, one in facts.upstreams.items():
            yield Address(facts, name, named=False)
            if one.instances:
                yield Address(facts, name, named=True)


every_address = pytest.mark.parametrize("at", [*addresses()], ids=str)


@every_address
async def test_the_stub_sees_what_the_vendor_would(at: Address) -> None:
    case = at.case()
    assert case, f"no success recorded of {at.facts.name} calls {at.member}"

    def handler(seen: server.Received) -> bytes:
        if b"grant_type=" in seen.body:
            return server.reply(json={"access_token": TOKEN, "expires_in": 3600})
        return answer(case, seen)

    async with server.Upstream(handler) as up:
        env = at.environment(up.url)
        client = at.facts(kit_for(at.facts, lambda _: AioHttpTransport(), env=env))
        result = await perform(client, case.operation.method, **case.recording.params)
        assert type(result) is case.operation.request.result
        await client.aclose()
        here = at.facts.upstreams_in(env)[next(names(at, env))]
        base = urlsplit(here.address(env)).path
        seen = [one for one in up.requests if one.target.startswith(base)]
        assert seen
        if at.upstream().for_tokens:
            assert any(asked_for_token(at, env, one) for one in seen)
        else:
            proof = await here.auth.prove(here.view(env), Held())
            assert any(proves(one, proof.headers, proof.query) for one in seen)


def names(at: Address, env: Environment) -> Iterator[str]:
    """The names of that upstream in this environment."""
    found = at.facts.upstreams_in(env).items()
    return (name for name, one in found if one.member == at.member)


def proves(seen: server.Received, headers: Any, query: Any) -> bool:  # noqa: ANN401  (pairs)
    said = parse_qsl(urlsplit(seen.target).query)
    in_head = all(seen.header(name) == value for name, value in headers)
    return in_head and all(pair in said for pair in query)


def asked_for_token(at: Address, env: Environment, seen: server.Received) -> bool:
    upstream = at.upstream()
    auths = (one.auth.chosen(env) for one in at.facts.upstreams.values())
    paths = {
        re.sub(r"\{(\w+)\}", lambda hole: env.require(hole[1]), source.path)
        for auth in auths
        for source in sources(auth)
        if source.at is upstream
    }
    base = upstream.address(env)
    here = {urlsplit(base + path).path for path in paths}
    told = f"{seen.header('Authorization')} {seen.body.decode()}"
    secret = CANARY in told or "Basic " in told
    return seen.method == "POST" and seen.target in here and "grant_type=" in told and secret


def sources(auth: Auth) -> Iterator[TokenSource]:
    if isinstance(auth, TokenSource):
        yield auth
    for one in getattr(auth, "ways", ()):
        yield from sources(one)
