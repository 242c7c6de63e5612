"""ElevenLabs' answers put into the contract's shape, and its refusals into words.

https://help.elevenlabs.io/hc/en-us/articles/19572237925521
"""

from typing import Any, Final

import orjson

from clients import _reading
from clients._http import HttpResponse
from contracts import Failure, UpstreamRejected, UpstreamThrottled, UpstreamUnauthorized

Json = dict[str, Any]

_BAD_REQUEST, _UNAUTHORIZED, _TOO_SLOW, _TOO_MANY = 400, 401, 408, 429
_NOT_THE_KEY: Final = frozenset({"quota_exceeded", "voice_not_found"})


def audio(response: HttpResponse) -> Json:
    """Return sound with what its headers tell.

    Raises:
        ValueError: it is no sound.
    """
    found, headers = _reading.content(response), response.headers
    if found["media_type"].startswith(("application/json", "text/")):
        raise ValueError("it is no audio")
    return found | {
        "characters_charged": headers.get("character-cost"),
        "request_id": headers.get("request-id"),
        "history_item_id": headers.get("history-item-id"),
    }


def voices(raw: Json) -> Json:
    """Return a page of voices."""
    return raw | {"next_cursor": raw.get("next_page_token") if raw["has_more"] else None}


def history(raw: Json) -> Json:
    """Return a page of the history; of the account's counter the difference is told."""
    items = [one | {"characters_charged": _charged(one)} for one in raw["history"]]
    after = raw.get("last_history_item_id") if raw["has_more"] else None
    return {"history": items, "next_cursor": after}


def refused(response: HttpResponse) -> Failure | None:
    """Return the refusal that stands under ``detail``; not every 401 is about the key."""
    if response.status < _BAD_REQUEST or response.status == _TOO_SLOW:
        return None
    detail = orjson.loads(response.body)["detail"]
    status, words = _said(detail)
    text = f"HTTP {response.status}: {words}"
    if response.status == _TOO_MANY:
        return UpstreamThrottled(text)
    bad_key = response.status == _UNAUTHORIZED and status not in _NOT_THE_KEY
    return UpstreamUnauthorized(text) if bad_key else UpstreamRejected(text)


def _said(detail: Any) -> tuple[str, str]:  # noqa: ANN401  (JSON enters here)
    """Return status and words: a text, an object, or a list of what does not fit where."""
    if isinstance(detail, str):
        return "", detail
    if isinstance(detail, list):
        return "", "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in detail)
    status = detail.get("status") or detail.get("code") or ""
    return status, " ".join(one for one in (status, detail.get("message")) if one)


def _place(parts: list[str | int]) -> str:
    return ".".join(map(str, parts))


def _charged(item: Json) -> int:
    return int(item["character_count_change_to"]) - int(item["character_count_change_from"])
