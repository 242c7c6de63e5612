"""The whole process but its signals' end: hub, pages and calls over HTTP, on a real broker."""

import asyncio
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from service import process
from service.process import NotStarted, Serving
from service.settings import Settings
from tests.support.absent import absent
from tests.support.broker import OwnNames, node_is_possible
from tests.support.cli import alone
from tests.support.wait import wait_until

Env = pytest.MonkeyPatch


@pytest.fixture
def env(monkeypatch: Env, tmp_path: Path) -> Env:
    alone(monkeypatch, tmp_path)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HUB_HTTP_PORT", "0")
    monkeypatch.setenv("HUB_SANDBOX", "on")
    monkeypatch.setenv("HUB_INTEGRATIONS", "space_weather")
    monkeypatch.setenv("HUB_LOG_LEVEL", "error")
    return monkeypatch


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Serving]:
    """Run it as the process does, until SIGTERM."""
    found: list[Serving] = []
    work = process._until_signal(lambda ending: process.serve(settings, found.append, ending))
    task = asyncio.create_task(work)
    try:
        await wait_until(lambda: found or task.done(), 30, "the start")
        if task.done():
            await task
        yield found[0]
        os.kill(os.getpid(), signal.SIGTERM)
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        structlog.reset_defaults()


async def ask(url: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """Make one HTTP request; gives status and JSON, or the text."""
    raw = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"content-type": "application/json"} | named
    request = urllib.request.Request(url, raw, given)  # noqa: S310  (our own hub)

    def get() -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=100) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    status, text = await asyncio.to_thread(get)
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode()


async def test_it_serves_the_bus_over_http_until_it_is_asked_to_end(
    env: Env, amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    access = {"http": {"operations": ["space_weather.get_kp_index"]}}
    (tmp_path / "access.json").write_text(json.dumps(access))
    env.setenv("HUB_ACCESS_FILE", str(tmp_path / "access.json"))
    env.setenv("HUB_AMQP_URL", amqp_url)
    env.setenv("HUB_PREFIX", names.prefix)
    env.setenv("HUB_HTTP_TOKEN", "s3cret")
    token = {"authorization": "Bearer s3cret"}
    async with running(Settings()) as serving:
        url = serving.http_url

        async def ready() -> bool:
            return (await ask(f"{url}/health/ready")) == (200, "ok")

        await wait_until(ready, 15)
        unknown = await ask(f"{url}/api/calls", {"operation": "space_weather.get_kp_index"})
        kp = {"operation": "space_weather.get_kp_index", "within": 60, "id": "r-1"}
        status, result = await ask(f"{url}/api/calls", kp, **token)
        missing = await ask(f"{url}/api/calls", {"operation": "space_weather.get_k"}, **token)
        forbidden = await ask(f"{url}/api/calls", {"operation": "space_weather.get_cme"}, **token)
        _, metrics = await ask(f"{url}/metrics", **token)
        _, rows = await ask(f"{url}/api/integrations", **token)
        _, health = await ask(f"{url}/api/integrations/space_weather/health", **token)
    assert unknown[0] == 401
    assert (status, set(result)) == (200, {"samples"})
    assert (missing[0], missing[1]["code"]) == (404, "unknown_operation")
    assert (forbidden[0], forbidden[1]["code"]) == (403, "forbidden")
    assert "'http'" in forbidden[1]["detail"]
    assert 'operation="space_weather.get_kp_index"' in metrics
    assert 'operation="unknown"' in metrics
    assert 'get_k"' not in metrics
    assert [(row["name"], row["mode"], row["owned"]) for row in rows] == [
        ("space_weather", "sandbox", True)
    ]
    assert health["state"] == "up"


async def test_without_an_address_it_brings_its_own_broker(env: Env) -> None:
    if not node_is_possible():
        absent("rabbitmq-server is not installed")
    del env
    async with running(Settings()) as serving:
        assert serving.amqp_url.startswith("amqp://hub:")
        assert serving.modes == {"space_weather": "sandbox"}
        call = {"operation": "space_weather.get_kp_index"}
        assert (await ask(f"{serving.http_url}/api/calls", call))[0] == 200


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"HUB_AMQP_URL": "amqp://hub:x@127.0.0.1:9/"}, "The broker is of no use: "),
        ({"SPACE_WEATHER_NWS_LIMIT": "often"}, "SPACE_WEATHER_NWS_LIMIT: 'often' is not a limit"),
        ({"HUB_DATABASE_URL": "sqlite:////nowhere/x"}, "The record of calls cannot be opened"),
        ({"HUB_DATA_DIR": "/dev/null/data"}, "Look at HUB_DATA_DIR"),
    ],
)
async def test_what_keeps_it_from_starting_is_a_sentence(
    env: Env, amqp_url: str, names: OwnNames, variables: dict[str, str], sentence: str
) -> None:
    env.setenv("HUB_AMQP_URL", amqp_url)
    env.setenv("HUB_PREFIX", names.prefix)
    for name, value in variables.items():
        env.setenv(name, value)
    with pytest.raises(NotStarted) as caught:
        async with running(Settings()):
            pass
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
