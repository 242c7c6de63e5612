"""The one seam to the world of HTTP: request, response, error, and the transport between them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

Kind = Literal["dns", "connect", "tls", "timeout", "closed", "too_large", "protocol", "late"]

_WORDS: Final[Mapping[Kind, str]] = {
    "dns": "its host name has no address; check the URL setting and the name server",
    "connect": "no connection; check that it runs and can be reached from here",
    "tls": "its certificate is not trusted; mend it, or pin it",
    "timeout": "no complete answer in time",
    "closed": "the connection was lost before the answer was complete",
    "too_large": "the answer is larger than allowed",
    "late": "it may not leave any more",
    "protocol": "the request or the answer is not valid HTTP",
}


@dataclass(slots=True)
class Mark:
    """Whether any byte of one request may have left: also readable after a cancellation."""

    sent: bool = False
    """Set by the transport, synchronously, where it writes the head of the request."""


async def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, good for one `Transport.send`: its mark is spent when it has left."""

    method: str
    url: str = field(repr=False)
    """Absolute, and quoted already: path and query leave as they stand."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Text in ASCII."""
    body: bytes = field(default=b"", repr=False)
    timeout: float = 30.0
    """Seconds for the whole call: waiting for a connection, writing and reading."""
    fresh: bool = False
    """Never on a connection that was used before: such a one may be closed while we write."""
    secret: str = field(default="", repr=False)
    """A key that stands in the query, quoted: on the wire only, `url` never has it."""
    mark: Mark = field(default_factory=Mark, compare=False, repr=False)
    may_leave: Callable[[], Awaitable[bool]] = field(default=_always, compare=False, repr=False)
    """Asked by `leave`."""

    async def leave(self) -> None:
        """Return in the moment in which it may go: every transport waits for that, then writes.

        Raises:
            TransportError: it may not go any more (kind `late`).
        """
        if not await self.may_leave():
            raise TransportError("late", sent=False)

    def within(
        self,
        timeout: float,
        may_leave: Callable[[], Awaitable[bool]] = _always,
        *,
        proof: tuple[tuple[str, str], ...] = (),
        secret: str = "",
    ) -> "HttpRequest":
        """Return the same request, to be sent once more, within `timeout` seconds.

        `proof` are the headers that prove who asks, `secret` is what does so in the query.
        """
        return HttpRequest(
            self.method,
            self.url,
            (*self.headers, *proof),
            self.body,
            timeout,
            self.fresh,
            secret,
            may_leave=may_leave,
        )

    @property
    def wire_url(self) -> str:
        """The address as it leaves, with the key that stands in its query."""
        if not self.secret:
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}{self.secret}"


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One whole answer, of any status; redirects are answers too."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case, repeated ones joined by a comma."""
    body: bytes = field(repr=False)
    """Decoded: without its content encoding."""
    reason: str = field(default="", repr=False)
    """What stands behind the status: some vendors put their error there."""


class TransportError(Exception):
    """No whole answer came. Its text never holds a URL, a header or a body.

    `sent` is False only if surely no byte of the request left.
    """

    def __init__(self, kind: Kind, *, sent: bool, detail: str = "") -> None:
        super().__init__(f"{_WORDS[kind]} ({detail})" if detail else _WORDS[kind])
        self.kind = kind
        self.sent = sent


class Transport(Protocol):
    """The whole outside world, as a client sees it."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Let the request `leave`, put it on the wire at most once, and return the answer.

        Raises:
            TransportError: no whole answer.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections; a send under way fails with kind `closed`."""
        ...
