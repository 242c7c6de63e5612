"""What of a request's parameters goes into the query, and what into the body."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from clients import _target
from contracts import Request

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*", re.ASCII)
_UNFIT: Final = {"\r": "%0D", "\n": "%0A", '"': "%22"}
"""How browsers write what cannot stand in a quoted name (HTML standard, 4.10.21.8)."""


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a body and what they are."""

    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class File:
    """One file of a multipart form."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def form(values: _target.Query) -> Body:
    """Return a form; None is left out, a list repeats its name."""
    return Body(urlencode(_target.pairs(values)).encode(), FORM)


def multipart(*fields_: tuple[str, _target.Value | File]) -> Body:
    """Return ``multipart/form-data`` (RFC 7578); None is left out.

    The boundary is made of the content: the same parts are the same bytes.
    """
    parts = [_part(name, value) for name, value in fields_ if value is not None]
    digest = hashlib.sha256()
    for head, content in parts:
        digest.update(len(head).to_bytes(8, "big") + head + content)
    mark = f"hub-{digest.hexdigest()}"
    lines = [b"--%b\r\n%b\r\n\r\n%b\r\n" % (mark.encode(), head, one) for head, one in parts]
    content = b"".join([*lines, b"--%b--\r\n" % mark.encode()])
    return Body(content, f"multipart/form-data; boundary={mark}")


def json_of(value: object) -> Body:
    """Return a value as JSON."""
    return Body(orjson.dumps(value), JSON)


def base64_size(size: int) -> int:
    """Return how many characters so many bytes are in Base64."""
    return 4 * -(-size // 3)


def fields(request: Request[Any], *but: str) -> dict[str, Any]:
    """Return the parameters as JSON, without these and without those that are None."""
    return request.model_dump(mode="json", exclude=set(but), exclude_none=True)


def rest(path: str, request: Request[Any]) -> dict[str, Any]:
    """Return the parameters that are not in the path."""
    inside = set(_target.holes(path))
    return {name: value for name, value in vars(request).items() if name not in inside}


def body_of(path: str, request: Request[Any], json: object, body: Body | None) -> Body:
    """Return that body, that JSON, or the rest of the parameters as JSON."""
    if body is not None:
        return body
    return json_of(fields(request, *_target.holes(path)) if json is None else json)


def _part(name: str, value: Any) -> tuple[bytes, bytes]:  # noqa: ANN401  (a parameter)
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if not isinstance(value, File):
        return head.encode(), _target.text(value).encode()
    kind = value.media_type if _MEDIA_TYPE.fullmatch(value.media_type) else ""
    shown = f'; filename="{_quoted(value.name)}"\r\nContent-Type: '
    return f"{head}{shown}{kind or 'application/octet-stream'}".encode(), value.content


def _quoted(text: str) -> str:
    return "".join(_UNFIT.get(one, one) for one in text)
