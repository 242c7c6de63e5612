"""The process around a hub: event loop, signals, the pages' server, the private broker."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvloop

from clients._redact import Redactor
from contracts import Failure
from contracts._events import Mode
from contracts._reading import no_such_integration
from service import late
from service.addresses import Told, url_of
from service.amqp.errors import BusError
from service.amqp.wire import address
from service.app import Hub
from service.logs import configure, crashes_noted, note_lost_tasks
from service.node.node import Node, NodeError
from service.ownership.meeting import CannotJoin
from service.permission import exposure
from service.permission.access import read_access
from service.record.records import NotOpened
from service.settings import BadSettings, Settings
from service.web.listening import CannotListen, listen

log = structlog.get_logger()


class NotStarted(Exception):
    """The hub could not start; the sentence says why, and what to do about it."""


@dataclass(frozen=True)
class Serving:
    """A hub that runs: where it is, and what it does for each integration."""

    settings: Settings
    amqp_url: str
    http_url: str
    modes: Mapping[str, Mode]

    def told(self) -> Told:
        """Return what other commands of this user need, secrets too."""
        token = self.settings.http_token
        given = token.get_secret_value() if token else ""
        return Told(self.amqp_url, self.http_url, self.settings.prefix, given)

    def shown(self) -> dict[str, Any]:
        """Return what everyone may read."""
        return {
            "broker": shown(self.amqp_url),
            "pages": self.http_url,
            "prefix": self.settings.prefix,
            "instance": self.settings.instance,
            "integrations": dict(self.modes),
        }


Ready = Callable[[Serving], None]
Make = Callable[[Settings, str], Hub]
"""Makes the hub on a broker."""


def run(settings: Settings, ready: Ready, make: Make = Hub) -> None:
    """Serve until SIGTERM or SIGINT; then finish what has left, and return.

    Without HUB_AMQP_URL on a broker of our own, which lives as long.

    Raises:
        BadSettings: a setting is not what it has to be.
        NotStarted: the hub could not start, or it failed.
    """
    broker = settings.amqp_url.get_secret_value() if settings.amqp_url else ""
    configure(settings.log_level, settings.log_format, Redactor(settings.secrets(broker)))
    check(settings)

    def started(at: Serving) -> None:
        gc.freeze()
        gc.enable()
        ready(at)

    # what a start imports is no garbage: to look for some takes a sixth of the start, and later
    # every full search would stop the hub for 0.1 s
    gc.disable()
    try:
        with crashes_noted():
            uvloop.run(_until_signal(lambda ending: serve(settings, started, ending, make)))
    except NotStarted:
        raise
    except Exception:
        log.exception("bug", where="the process")
        raise NotStarted("The hub failed at a bug of its own: its log has the rest.") from None
    finally:
        gc.enable()


async def serve(settings: Settings, ready: Ready, ending: "Ending", make: Make = Hub) -> None:
    """Run broker, hub and pages until the end is asked for.

    Raises:
        NotStarted: the hub could not start.
    """
    async with contextlib.AsyncExitStack() as stack:
        with _starting():
            at = await stack.enter_async_context(_served(settings, make))
        log.info("hub_serving", http=at.http_url, broker=shown(at.amqp_url))
        ready(at)
        await ending.wait()


def check(settings: Settings) -> None:
    """Look at what only a whole hub knows about its settings.

    Raises:
        BadSettings: an integration is not known, the access file or the address is wrong.
    """
    known = late.names() if settings.integrations else ()
    for name in settings.integrations:
        if name not in known:
            raise BadSettings(f"HUB_INTEGRATIONS: {no_such_integration(name, known)}")
    try:
        read_access(settings.access_file)
        if settings.amqp_url is not None:
            address(settings.amqp_url.get_secret_value(), name="hub", heartbeat=0)
    except ValueError as error:
        raise BadSettings(str(error)) from None


class Ending:
    """Whether the process was asked to end. While it starts, to ask is to end the start."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._start = asyncio.current_task()

    @property
    def asked(self) -> bool:
        """Whether it was."""
        return self._asked.is_set()

    def ask(self) -> None:
        """End, as soon as what is under way is finished."""
        if not self.asked and self._start is not None:
            self._start.cancel()
        self._asked.set()

    async def wait(self) -> None:
        """The start is over: wait until the end is asked for."""
        self._start = None
        await self._asked.wait()


async def _until_signal(work: Callable[[Ending], Coroutine[Any, Any, None]]) -> None:
    loop, ending = asyncio.get_running_loop(), Ending()
    note_lost_tasks(loop)
    for number in _ends():
        loop.add_signal_handler(number, ending.ask)
    try:
        await work(ending)
    except asyncio.CancelledError:
        if not ending.asked:
            raise


def _ends() -> Iterator[signal.Signals]:
    """Yield the signals that ask for the end: a closed terminal too, unless `nohup` says no."""
    yield signal.SIGTERM
    yield signal.SIGINT
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        yield signal.SIGHUP


@contextlib.asynccontextmanager
async def _served(settings: Settings, make: Make) -> AsyncIterator[Serving]:
    with listen(settings.http_host, settings.http_port) as listening:
        http = url_of(settings.http_host, listening.getsockname()[1])
        loading = asyncio.get_running_loop().run_in_executor(None, late.site)
        async with _broker(settings) as url:
            hub = make(settings, url)
            configure(settings.log_level, settings.log_format, hub.redact)
            async with hub:
                served = await loading
                looking = exposure.looking(settings, url, hub.base.access)
                async with served(hub, url, listening), looking:
                    modes = {name: one.mode for name, one in hub.integrations.items()}
                    yield Serving(settings, url, http, modes)


@contextlib.asynccontextmanager
async def _broker(settings: Settings) -> AsyncIterator[str]:
    if settings.amqp_url is not None:
        yield settings.amqp_url.get_secret_value()
        return
    async with Node(settings.data_dir / "broker") as node:
        yield node.url


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """Turn what a start may fail of into a sentence for whoever starts it."""
    try:
        yield
    except (BusError, ConnectionError) as error:
        raise NotStarted(f"The broker is of no use: {error}") from None
    except (CannotListen, CannotJoin, NotOpened, NodeError, Failure) as error:
        raise NotStarted(str(error)) from None
    except OSError as error:
        raise NotStarted(f"The hub cannot start: {error}. Look at HUB_DATA_DIR.") from None


def shown(url: str) -> str:
    """Return a broker's address without its user and password."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    return f"{parts.scheme}://{host}:{port}{parts.path}"
