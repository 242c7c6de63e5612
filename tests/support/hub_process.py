"""A real hub in a process of its own: `hub serve`, to be called, killed, frozen and started again.

::

    async with HubProcess(amqp_url, names.prefix, tmp_path) as hub:
        …                                # it is ready: all that it stands for is attached
        assert await hub.stop() == 0
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from tests.support.doom import Doom
from tests.support.wait import wait_until

ROOT: Final = Path(__file__).parents[2]
READY_WITHIN: Final = 30.0
STOP_WITHIN: Final = 30.0

# The hub ends when its test does, however that ends: 1 is Linux's PR_SET_PDEATHSIG.
_MAIN: Final = """
import ctypes, signal, sys
if sys.platform == "linux": ctypes.CDLL(None).prctl(1, signal.SIGKILL)
from service.commands import main
main()
"""
_KEPT: Final = ("PATH", "HOME", "LANG", "TMPDIR", "COV_CORE_CONFIG", "COVERAGE_PROCESS_START")


class HubProcess:
    """One hub on a broker, in the sandbox unless a variable says otherwise.

    `variables` are settings as users give them: ``HUB_INTEGRATIONS="notion"``. The hub sees
    nothing else of the test's environment. Its folder keeps data and log through restarts.
    """

    command = "serve"

    def __init__(self, url: str, prefix: str, folder: Path, **variables: str) -> None:
        self.url = url
        self.prefix = prefix
        self.folder = folder
        self.log = folder / "hub.log"
        self.doom: Doom | None = None
        """Where it dies by itself, from the next start on."""
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0

    @property
    def environment(self) -> dict[str, str]:
        """What the process gets; also what a `hub` command needs to find it."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        told = {
            "PYTHONPATH": str(ROOT),
            "HUB_AMQP_URL": self.url,
            "HUB_PREFIX": self.prefix,
            "HUB_DATA_DIR": str(self.folder / "data"),
            "HUB_HTTP_PORT": "0",
            "HUB_SANDBOX": "on",
        }
        return kept | told | self._variables

    @property
    def pid(self) -> int:
        """The process that runs, or ran last."""
        return self._started.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs (frozen or not)."""
        return self._process is not None and self._process.poll() is None

    @property
    def http(self) -> str:
        """The address of its pages."""
        return str(self.logged("hub_serving")[-1]["http"])

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "start the hub first"
        return self._process

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.alive:
            self.thaw()
            self._started.terminate()
            try:
                await self.ended()
            except AssertionError:
                self.kill()
                raise

    async def start(self, within: float = READY_WITHIN) -> None:
        """Start the process and wait until it is ready."""
        self.launch()
        await wait_until(self.ready, within, f"the hub's readiness ({self.log})")

    def launch(self) -> None:
        """Start the process; it gets ready, or ends, in its own time."""
        assert not self.alive, "the hub runs already"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._seen = len(self.lines())
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  (our own command)
                self.doom.command if self.doom else [sys.executable, "-c", _MAIN, self.command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def ready(self) -> bool:
        """Return whether `/health/ready` says so; fail if the process has ended."""
        assert self.alive, f"the hub ended:\n{self.log.read_text(errors='replace')[-4000:]}"
        return bool(self.logged("hub_serving")) and (await self.get("/health/ready"))[0] == 200

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of one of its pages."""
        return await asyncio.to_thread(_get, self.http + path)

    async def serving(self) -> set[str]:
        """Return the integrations whose requests it takes."""
        rows = json.loads((await self.get("/api/integrations"))[1])
        return {row["name"] for row in rows if row["serving"]}

    async def stop(self) -> int:
        """Send SIGTERM, wait for the end, and return the exit code."""
        self._started.terminate()
        return await self.ended()

    async def ended(self, within: float = STOP_WITHIN) -> int:
        """Wait for the end and return the exit code; negative for the signal that ended it."""
        process = self._started
        await wait_until(lambda: process.poll() is not None, within, f"the hub's end ({self.log})")
        return int(process.returncode)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would; `start` starts it again."""
        self._started.kill()
        self._started.wait()

    def freeze(self) -> None:
        """Stop its clock (SIGSTOP): sockets stay open, nothing answers."""
        self._started.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._started.send_signal(signal.SIGCONT)

    def lines(self) -> list[Mapping[str, Any]]:
        """Return what it logged since its folder was made; what is not JSON under `text`."""
        if not self.log.exists():
            return []
        return [_line(text) for text in self.log.read_text(errors="replace").splitlines()]

    def logged(self, event: str) -> list[Mapping[str, Any]]:
        """Return the lines of that name since the last start."""
        return [line for line in self.lines()[self._seen :] if line.get("event") == event]


def _line(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {"text": text}


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  (our own hub)
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
