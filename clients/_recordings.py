"""Recorded answers: what tests, sandbox and catalog replay instead of asking the vendor.

One file for each case, ``recordings/<integration>/<operation>.<case>.json``::

    {"origin": {"kind": "sample", "ref": "noaa-swpc/alerts.json"},
     "params": {"page_id": "…"},
     "exchanges": [{"upstream": "api",
                    "request": {"method": "GET", "path": "/pages/…", "query": {}, "body": null},
                    "response": {"status": 200, "headers": {}, "body": {}}}],
     "code": null}

A body is JSON as it is, or text as a string, or ``{"base64": "…"}``; a form is an object under
``form``. `code` is the failure that the case ends in.
"""

import base64
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

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

    def fits(self, method: str, target: str, body: bytes) -> bool:
        """Return whether a call below the base address is this one."""
        parts = urlsplit(target)
        same = method == self.method and parts.path == self.path
        return same and _folded(parts.query) == _listed(self.query) and self._same_body(body)

    def _same_body(self, body: bytes) -> bool:
        if self.form is not None:
            return _folded(body.decode()) == _listed(self.form)
        if self.body is None:
            return not body
        try:
            return bool(orjson.loads(body) == self.body)
        except orjson.JSONDecodeError:
            return False


class Answered(_Part):
    """What the vendor said."""

    status: int = 200
    headers: Mapping[str, str] = Field(default_factory=dict)
    body: Any = None

    def raw(self) -> bytes:
        """Return the body's bytes."""
        if self.body is None:
            return b""
        if isinstance(self.body, str):
            return self.body.encode()
        if isinstance(self.body, dict) and set(self.body) == {"base64"}:
            return base64.b64decode(self.body["base64"])
        return json.dumps(self.body).encode()


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
    place = (folder or files("clients")) / "recordings" / integration
    if not place.is_dir():
        return ()
    found = [one for one in place.iterdir() if one.name.endswith(".json")]
    return tuple(_read(one) for one in sorted(found, key=lambda one: one.name))


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
