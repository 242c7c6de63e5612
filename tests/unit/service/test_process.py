import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from contracts import NotConfigured
from sdk import HubUnreachable
from service import process
from service.amqp.errors import LinkLost
from service.node.node import NodeError
from service.ownership.meeting import CannotJoin
from service.process import Ending, NotStarted, Ready, Serving, check, shown
from service.record.records import NotOpened
from service.settings import BadSettings, Settings
from service.web.listening import CannotListen

Env = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def logging_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    structlog.reset_defaults()
    root.handlers = before


async def until_signal(work: Callable[[Ending], object]) -> list[str]:
    """Run work as the process does; return what became of it."""
    told: list[str] = []

    async def worked(ending: Ending) -> None:
        try:
            work(ending)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("the start ended")
            await asyncio.sleep(0)  # what closes takes time
            told.append("closed")
            raise

    await process._until_signal(worked)
    return told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_to_ask_while_it_starts_is_to_end_the_start(number: signal.Signals) -> None:
    told = await until_signal(lambda _: os.kill(os.getpid(), number))
    assert told == ["the start ended", "closed"]


async def test_nohup_means_that_a_closed_terminal_is_no_end() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert list(process._ends()) == [signal.SIGTERM, signal.SIGINT]
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_to_ask_twice_does_not_cut_the_closing_short() -> None:
    def twice(ending: Ending) -> None:
        ending.ask()
        asyncio.get_running_loop().call_soon(ending.ask)

    assert await until_signal(twice) == ["the start ended", "closed"]


async def test_to_ask_while_it_serves_is_to_let_it_finish() -> None:
    async def work(ending: Ending) -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        await ending.wait()
        await asyncio.sleep(0)
        finished.append(ending.asked)

    finished: list[bool] = []
    await process._until_signal(work)
    assert finished == [True]


async def test_what_nobody_asked_for_is_no_end() -> None:
    async def work(_: Ending) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await process._until_signal(work)


REASONS: list[tuple[Exception, str]] = [
    (LinkLost("nobody listens at b:5672"), "The broker is of no use: nobody listens at b:5672"),
    (HubUnreachable("no hub"), "The broker is of no use: no hub"),
    (CannotListen("Port 1 is taken."), "Port 1 is taken."),
    (CannotJoin("Another hub."), "Another hub."),
    (NodeError("RabbitMQ is missing."), "RabbitMQ is missing."),
    (NotConfigured("NOTION_LIMIT: 'x' is not a limit."), "NOTION_LIMIT: 'x' is not a limit."),
    (NotOpened("The record of calls cannot be opened."), "The record of calls cannot be opened."),
    (FileExistsError(17, "File exists", "/data"), "[Errno 17] File exists: '/data'. Look at HUB_"),
]


@pytest.mark.parametrize(("error", "sentence"), REASONS, ids=[type(e).__name__ for e, _ in REASONS])
def test_why_it_could_not_start_is_a_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(NotStarted) as caught, process._starting():
        raise error
    assert sentence in str(caught.value)


def test_a_bug_stays_one() -> None:
    with pytest.raises(KeyError), process._starting():
        raise KeyError("x")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"HUB_INTEGRATIONS": "notoin"}, "HUB_INTEGRATIONS: There is no integration 'notoin'. Did"),
        (
            {"HUB_ACCESS_FILE": "/nowhere/a.json"},
            "HUB_ACCESS_FILE /nowhere/a.json: it cannot",
        ),
    ],
)
def test_what_only_a_whole_hub_knows_about_its_settings(
    nothing_set: Env, variables: dict[str, str], sentence: str
) -> None:
    for name, value in variables.items():
        nothing_set.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        check(Settings())
    assert sentence in str(caught.value)


def test_good_settings_pass(nothing_set: Env) -> None:
    check(Settings())
    nothing_set.setenv("HUB_AMQP_URL", "amqp://b/hub")
    nothing_set.setenv("HUB_INTEGRATIONS", "notion")
    check(Settings())


def test_what_is_told_and_what_is_shown(nothing_set: Env) -> None:
    nothing_set.setenv("HUB_HTTP_TOKEN", "canary")
    nothing_set.setenv("HUB_INSTANCE", "vm-1")
    url = "amqp://hub:canary@127.0.0.1:5673/hub"
    serving = Serving(Settings(), url, "http://127.0.0.1:8080", {"notion": "sandbox"})
    told = serving.told()
    assert (told.amqp_url, told.http_token, told.prefix) == (url, "canary", "hub")
    assert serving.shown() == {
        "broker": "amqp://127.0.0.1:5673/hub",
        "pages": "http://127.0.0.1:8080",
        "prefix": "hub",
        "instance": "vm-1",
        "integrations": {"notion": "sandbox"},
    }
    nothing_set.delenv("HUB_HTTP_TOKEN")
    assert Serving(Settings(), url, "", {}).told().http_token == ""


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("amqp://u:p@broker/hub", "amqp://broker:5672/hub"),
        ("amqps://u:p@broker", "amqps://broker:5671"),
        ("amqp://u:p@[::1]:1/?x=secret", "amqp://[::1]:1/"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, seen: str) -> None:
    assert shown(url) == seen


def test_a_bug_is_in_the_log_and_not_on_the_screen(nothing_set: Env, capsys: Capture) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("canary")

    nothing_set.setattr(process, "serve", broken)
    with pytest.raises(NotStarted, match="its log has the rest") as caught:
        process.run(Settings(), lambda _: None)
    assert "canary" not in str(caught.value)
    assert '"event": "bug"' in capsys.readouterr().err
    assert gc.isenabled()


def test_no_garbage_is_looked_for_while_it_starts(nothing_set: Env) -> None:
    async def serve(_: Settings, ready: Ready, *__: object) -> None:
        seen.append((gc.isenabled(), gc.get_freeze_count()))
        ready(Serving(Settings(), "", "", {}))

    def ready(_: Serving) -> None:
        seen.append((gc.isenabled(), gc.get_freeze_count()))
        gc.unfreeze()

    seen: list[tuple[bool, int]] = []
    nothing_set.setattr(process, "serve", serve)
    process.run(Settings(), ready)
    (while_starting, none), (afterwards, frozen) = seen
    assert (while_starting, afterwards) == (False, True)
    assert none < frozen


def test_a_port_that_is_taken_stops_it_before_anything_starts(
    nothing_set: Env, tmp_path: Path
) -> None:
    import socket  # noqa: PLC0415

    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as other:
        nothing_set.setenv("HUB_HTTP_PORT", str(other.getsockname()[1]))
        nothing_set.setenv("HUB_DATA_DIR", str(tmp_path / "data"))
        with pytest.raises(NotStarted, match="is taken"):
            process.run(Settings(), lambda _: None)
    assert not (tmp_path / "data").exists()
