"""Asks an ASGI application without a socket."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from service.web.guard import App

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass
class Answer:
    """What came back; names of headers in lower case."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401  (JSON enters here)
        return orjson.loads(self.body)


async def ask(
    app: App,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Headers | None = None,
    into: Answer | None = None,
) -> Answer:
    """Make one request; the host is this machine's unless a header says otherwise.

    An application that raises may have answered before: the answer is filled `into` the one given.
    """
    path, _, query = path.partition("?")
    given = {"host": "localhost"} if headers is None else headers
    pairs = given.items() if isinstance(given, Mapping) else given
    if isinstance(given, Mapping) and "host" not in given:
        pairs = [("host", "localhost"), *pairs]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": [(name.lower().encode(), text.encode("latin-1")) for name, text in pairs],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }
    answer, asked = into or Answer(), [body]

    async def receive() -> MutableMapping[str, Any]:
        if asked:
            return {"type": "http.request", "body": asked.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): text.decode() for name, text in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer
