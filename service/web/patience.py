"""How long a caller may take to ask, and how many may at once; uvicorn has a bound for neither."""

import asyncio
import resource
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from contracts._names import PROBLEM_JSON
from service.web.guard import FOR_BROWSERS, plain_problem

_MOST: Final = 1200


def _half_of_all() -> int:
    """Return how many connections leave as many files for broker and upstreams."""
    return min(_MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


@dataclass(frozen=True)
class Bounds:
    """What one caller may take from the others."""

    asks_within: float = 10.0
    """Seconds from the first byte, or the connection, to the end of a request's body."""
    connections: int = field(default_factory=_half_of_all)
    """At once; those above are closed."""


class PatientProtocol(H11Protocol):
    """One connection; it ends when its request does not."""

    def __init__(self, bounds: Bounds, *args: Any, **more: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **more)
        self._bounds = bounds
        self._alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Close what is too much; give the rest time to ask."""
        super().connection_made(transport)
        if len(self.connections) > self._bounds.connections:
            transport.abort()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Take some of a request; its whole has to come in time, not its next byte."""
        super().data_received(data)
        if self._asked():
            self._calm()
        elif self._alarm is None:
            self._wait()

    def on_response_complete(self) -> None:
        """Nothing is asked for the moment: what counts is how long uvicorn keeps it alive."""
        if not self.cycle.more_body:
            self._calm()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._calm()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as everything else is answered."""
        body = orjson.dumps(plain_problem(400, msg))
        own = {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body))}
        pairs = [(name.encode(), text.encode()) for name, text in own.items()]
        pairs += [*FOR_BROWSERS, (b"connection", b"close")]
        head = b"".join(b"%b: %b\r\n" % pair for pair in pairs)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%b\r\n%b" % (head, body))
        self.transport.close()

    def _asked(self) -> bool:
        """Whether a whole request has come that is not answered yet."""
        now: RequestResponseCycle | None = self.cycle
        return now is not None and not (now.more_body or now.response_complete)

    def _wait(self) -> None:
        self._alarm = self.loop.call_later(self._bounds.asks_within, self.transport.abort)

    def _calm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
