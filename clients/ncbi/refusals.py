"""What the E-utilities' answers really mean: refusals come as JSON, XML and text, also in a 200."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from clients._http import HttpResponse
from contracts import Facts, Failure, UpstreamRejected, UpstreamThrottled, UpstreamUnauthorized

_HEAD: Final = 4096
_XML: Final = re.compile(rb"<ERROR>([^<]+)</ERROR>")
_MARKS: Final = (b"error", b"esummaryresult")
_OUTER: Final = frozenset({"error", "ERROR"})
_SECOND: Final = 1.0


def read(response: HttpResponse) -> Failure | None:
    """Return the failure that an answer tells of, whatever its status."""
    text = _said(response.body)
    if not text:
        return None
    plain = text.lower()
    if "rate limit" in plain:
        return UpstreamThrottled(text, Facts(retry_after=_retry_after(response)))
    if "api key" in plain:
        return UpstreamUnauthorized(text)
    return UpstreamRejected(text)


def _retry_after(response: HttpResponse) -> float | None:
    """The limit is that of a second; a header that says more is the kernel's to read."""
    return None if "retry-after" in response.headers else _SECOND


def _said(body: bytes) -> str:
    start = body[:_HEAD].lstrip()
    if start.startswith(b"{"):
        whole = body.lower()
        told = any(mark in whole for mark in _MARKS)
        return " ".join(next(_errors(_json(body)), "").split()) if told else ""
    if start.startswith(b"<"):
        found = _XML.search(start)
        return found[1].decode(errors="replace").strip() if found else ""
    first = start.partition(b"\n")[0].decode(errors="replace")
    return first if first.startswith("Error") else ""


def _json(body: bytes) -> Any:  # noqa: ANN401  (a vendor's JSON)
    """Read JSON in which the vendor left line breaks inside of texts."""
    try:
        return json.loads(body, strict=False)
    except ValueError:
        return None


def _errors(data: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield what stands beside or right below the answer, not in one of its records."""
    if not isinstance(data, dict) or "result" in data:
        return
    yield from _texts(data)
    yield from _texts(data.get("esearchresult"))
    yield from _texts(data.get("einforesult"))
    yield from _listed(data.get("esummaryresult"))


def _texts(part: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(part, dict):
        for name in _OUTER & part.keys():
            yield from _listed(part[name])


def _listed(said: Any) -> Iterator[str]:  # noqa: ANN401
    yield from (one for one in (said if isinstance(said, list) else [said]) if _text(one))


def _text(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and bool(value.strip())
