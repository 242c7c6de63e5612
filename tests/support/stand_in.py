"""A stub that stands in for a vendor, under its own paths, and answers what was recorded."""

from clients._client import Client
from clients._http import HttpRequest
from tests.support import upstream as server
from tests.support.conformance import Case
from tests.support.kit import CANARY, NotRecorded, Playback, environment_of


def beside(to: str, base: str) -> str:
    """Return the stub's address that stands for a vendor's base address: with the same path."""
    return "/".join([to, *base.split("/")[3:]])


def moved(facts: type[Client], to: str) -> dict[str, str]:
    """Return the variables that put every upstream at another address, under its own path."""
    env = environment_of(facts)
    return {one.url_variable: beside(to, one.address(env)) for one in facts.upstreams.values()}


def answer(case: Case, seen: server.Received) -> bytes:
    """Return what was recorded of this call; 404 of another."""
    env = environment_of(case.facts)
    playback = Playback(case.recording, case.facts, env)
    for exchange in case.recording.exchanges:
        base = case.facts.upstreams[exchange.upstream].address(env)
        try:
            url = f"{base.split('/')[0]}//{base.split('/')[2]}{seen.target}"
            recorded = playback(HttpRequest(seen.method, told(url), body=seen.body))
        except NotRecorded:
            continue
        here = beside(f"http://{seen.header('Host')}", base)
        headers = [(name, text.replace(base, here)) for name, text in recorded.headers.items()]
        body = recorded.body.replace(base.encode(), here.encode())
        return server.reply(recorded.status, body, headers=headers)
    unknown = None if seen.method == "HEAD" else {"message": "not recorded"}
    return server.reply(404, json=unknown)


def told(url: str) -> str:
    """Return an address without the keys in its query: no recording has them."""
    path, _, query = url.partition("?")
    shown = "&".join(one for one in query.split("&") if CANARY not in one)
    return f"{path}?{shown}" if shown else path
