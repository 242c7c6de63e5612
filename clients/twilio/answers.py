"""Twilio's answers put into the contract's shape, and its refusals into helpful words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from contracts import UpstreamRejected

Json = dict[str, Any]

_TIMES: Final = ("date_created", "date_updated", "date_sent", "start_time", "end_time")
_NUMBERS: Final = ("price", "duration", "queue_time", "num_segments", "num_media")


def mended(raw: Json) -> Json:
    """Return a thing of the 2010 API: its RFC 2822 times read, numbers it left empty as None."""
    times = {name: _time(raw[name]) for name in _TIMES if name in raw}
    numbers = {name: raw[name] or None for name in _NUMBERS if name in raw}
    return raw | times | numbers


def page(items: str) -> Callable[[Json], Json]:
    """Return what reads one page of the 2010 API, whose list is called `items`."""
    return lambda raw: _page(map(mended, raw[items]), raw["next_page_uri"])


def page_v2(items: str) -> Callable[[Json], Json]:
    """Return what reads one page of the newer APIs, whose list is called `items`."""
    return lambda raw: _page(map(present, raw[items]), raw["meta"]["next_page_url"])


def present(raw: Json) -> Json:
    """Return a thing of the newer APIs without what is null in it."""
    return {name: value for name, value in raw.items() if value is not None}


@contextmanager
def explained(advice: Mapping[int, str]) -> Iterator[None]:
    """Add to a refusal, by its status, what to do about it."""
    try:
        yield
    except UpstreamRejected as failure:
        more = advice.get(failure.facts.upstream_status or 0)
        if more is None:
            raise
        raise UpstreamRejected(f"{failure.detail.rstrip('.')}. {more}", failure.facts) from None


def _time(text: str | None) -> datetime | None:
    return parsedate_to_datetime(text) if text else None


def _page(results: Iterable[Json], following: str | None) -> Json:
    # only page and token are taken from it: an address in a body is never followed
    said = parse_qs(urlsplit(following or "").query)
    place = f"{said['Page'][0]}:{said.get('PageToken', [''])[0]}" if following else None
    return {"results": list(results), "next_cursor": place, "has_more": place is not None}
