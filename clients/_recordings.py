"""Recorded answers: what tests, sandbox and catalog replay instead of asking the vendor.

One file for each case, ``recordings/<integration>/<operation>.<case>.json``::

    {"origin": {"kind": "sample", "ref": "noaa-swpc/alerts.json"},
     "params": {"page_id": "…"},
     "exchanges": [{"upstream": "api",
                    "request": {"method": "GET", "path": "/pages/…", "query": {}, "body": null},
                    "response": {"status": 200, "headers": {}, "body": {}}}],
     "code": null}

A body is JSON as it is, or text as a string, or ``{"base64": "…"}``; a form is an object under
``form``, one in parts a list under ``multipart``: ``{"name": "…", "text": "…"}`` or ``{"name",
"filename", "type", "base64"}``. `code` is the failure that the case ends in. A key in the query and
requests for tokens are not recorded.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from email.parser import HeaderParser
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from clients._http import HttpResponse

Kind = Literal["sample", "openapi", "documentation", "constructed"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Origin(_Part):
    """Where a recording comes from."""

    kind: Kind
    ref: str
    """The file or link it was taken from; of a constructed one, the text it follows."""
    reason: str = ""
    """Why it had to be constructed."""

    @model_validator(mode="after")
    def _explained(self) -> "Origin":
        if self.kind == "constructed" and not self.reason:
            raise ValueError("a constructed recording says why in origin.reason")
        return self


class Asked(_Part):
    """The call as it has to leave the hub."""

    method: str = "GET"
    path: str
    """Below the upstream's base address, quoted as on the wire."""
    query: Mapping[str, str | list[str]] = Field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str | list[str]] | None = None
    multipart: list[Mapping[str, str]] | None = None

    def fits(self, method: str, target: str, body: bytes) -> bool:
        """Return whether a call below the base address is this one."""
        parts = urlsplit(target)
        same = method == self.method and parts.path == self.path
        return same and _folded(parts.query) == _listed(self.query) and self._same_body(body)

    def _same_body(self, body: bytes) -> bool:
        if self.form is not None:
            return _folded(body.decode()) == _listed(self.form)
        if self.multipart is not None:
            return _parts(body) == [dict(one) for one in self.multipart]
        if self.body is None:
            return not body
        return body == _raw(self.body) or _is_json(body, self.body)


class Answered(_Part):
    """What the vendor said."""

    status: int = 200
    headers: Mapping[str, str] = Field(default_factory=dict)
    body: Any = None

    reason: str = ""
    """What stands behind the status, where it says something."""

    def raw(self) -> bytes:
        """Return the body's bytes."""
        return _raw(self.body)

    def at(self, url: str = "", base: str = "") -> HttpResponse:
        """Return it as an answer; addresses at `url` in it are at `base` now."""
        headers, body = {name.lower(): text for name, text in self.headers.items()}, self.raw()
        if url and url != base:
            headers = {name: text.replace(url, base) for name, text in headers.items()}
            body = body.replace(url.encode(), base.encode())
        return HttpResponse(self.status, headers, body, self.reason)


class Exchange(_Part):
    """One HTTP call and its answer."""

    upstream: str
    request: Asked
    response: Answered


class Recording(_Part):
    """One case of one operation."""

    origin: Origin
    params: Mapping[str, Any] = Field(default_factory=dict)
    exchanges: tuple[Exchange, ...]
    code: str | None = None
    name: str = ""
    """``<operation>.<case>``, from the file's name."""

    @property
    def operation(self) -> str:
        """The operation's name, without its integration."""
        return self.name.partition(".")[0]


@cache
def load(integration: str, folder: Traversable | None = None) -> tuple[Recording, ...]:
    """Return all recordings of an integration, sorted by name.

    Raises:
        ValueError: a file does not read as a recording; names it.
    """
    return tuple(_all((folder or files("clients")) / "recordings" / integration))


@cache
def of(integration: str, module: str) -> tuple[Recording, ...]:
    """Return the recordings beside the client in that module, in whatever package it is.

    Raises:
        ValueError: a file does not read as a recording; names it.
    """
    package = files(module.rpartition(".")[0] or module)
    return tuple(_all(package / "recordings" / integration))


def _all(place: Traversable) -> Iterator[Recording]:
    if place.is_dir():
        found = [one for one in place.iterdir() if one.name.endswith(".json")]
        yield from (_read(one) for one in sorted(found, key=lambda one: one.name))


def _read(place: Traversable) -> Recording:
    try:
        data = orjson.loads(place.read_bytes())
        return Recording.model_validate(data | {"name": place.name.removesuffix(".json")})
    except (ValueError, TypeError) as error:
        raise ValueError(f"{place.name}: {error}") from None


def _folded(text: str) -> dict[str, list[str]]:
    return parse_qs(text, keep_blank_values=True)


def _listed(values: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: [one] if isinstance(one, str) else list(one) for name, one in values.items()}


def _raw(body: Any) -> bytes:  # noqa: ANN401  (JSON of a recording)
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if _is_base64(body):
        return base64.b64decode(body["base64"])
    return json.dumps(body).encode()


def _is_base64(body: Any) -> bool:  # noqa: ANN401
    return isinstance(body, dict) and body.keys() == {"base64"}


def _is_json(body: bytes, expected: Any) -> bool:  # noqa: ANN401
    try:
        return bool(orjson.loads(body) == expected)
    except orjson.JSONDecodeError:
        return False


def _parts(body: bytes) -> list[dict[str, str]]:
    """Return the parts of a multipart form, as recordings have them."""
    mark = body.partition(b"\r\n")[0][2:]
    parts = body.split(b"--" + mark)[1:-1]
    return [_part(*one.removeprefix(b"\r\n").partition(b"\r\n\r\n")) for one in parts]


def _part(head: bytes, _: bytes, content: bytes) -> dict[str, str]:
    said = HeaderParser().parsestr(head.decode())
    name = str(said.get_param("name", "", "content-disposition"))
    data, filename = content.removesuffix(b"\r\n"), said.get_filename()
    if filename is None:
        return {"name": name, "text": data.decode()}
    text = base64.b64encode(data).decode()
    kind = said.get_content_type()
    return {"name": name, "filename": filename, "type": kind, "base64": text}
