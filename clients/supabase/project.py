"""One Supabase project: where its parts are, with which keys, and how each of them says no.

https://supabase.com/docs/guides/api/api-keys
"""

from typing import Any, ClassVar, Final

import orjson

from clients._auth import AllOf, Bearer, FirstOf, Key
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Rate
from clients._upstream import Upstream
from contracts import Failure, UpstreamRejected, UpstreamThrottled, UpstreamUnauthorized

_LIMITS: Final = "https://supabase.com/docs/guides/auth/rate-limits"
_REST: Final = "https://supabase.com/docs/guides/platform/compute-and-disk"
_FILES: Final = "https://supabase.com/docs/guides/storage/production/scaling"
_PLACES: Final = ("SUPABASE_URL", "NEXT_PUBLIC_SUPABASE_URL")
_NEW: Final = ("SUPABASE_SECRET_KEY",)
_SERVICE: Final = ("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_KEY")
_ANON: Final = ("SUPABASE_ANON_KEY", "NEXT_PUBLIC_SUPABASE_ANON_KEY")
_PUBLISHABLE: Final = ("SUPABASE_PUBLISHABLE_KEY", "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_DEFAULT_KEY")
_SECRET: Final = FirstOf((Key("apikey", _NEW), AllOf((Key("apikey", _SERVICE), Bearer(*_SERVICE)))))
"""A new key is no JWT and never a bearer, one of the old ones, gone by the end of 2026, is both."""
_DATA: Final = FirstOf(
    (
        _SECRET,
        Key("apikey", _PUBLISHABLE),
        AllOf((Key("apikey", _ANON), Bearer(*_ANON))),
    )
)
_OF_ONE: Final = frozenset({"over_email_send_rate_limit", "over_sms_send_rate_limit"})
_BAD_REQUEST, _TOO_SLOW, _TOO_MANY = 400, 408, 429


class Project(Client):
    """A gateway asks a key for every part. Only Auth documents a limit: the others are ours."""

    rest = Upstream(
        "",
        auth=_DATA,
        limits=[Rate(20, per=1, burst=40, source=_REST)],
        probe="/",  # the schema, for a secret key only
        aliases=_PLACES,
        below="/rest/v1",
    )
    auth = Upstream(
        "",
        auth=Key("apikey", (*_ANON, *_PUBLISHABLE, *_NEW, *_SERVICE)),
        limits=[Rate(1, per=1, burst=30, source=_LIMITS)],
        probe="/settings",
        aliases=_PLACES,
        below="/auth/v1",
    )
    admin = Upstream(
        "",
        auth=_SECRET,
        limits=[Rate(5, per=1, burst=10, source=_LIMITS)],
        probe="/admin/users?page=1&per_page=1",
        aliases=_PLACES,
        below="/auth/v1",
    )
    storage = Upstream(
        "",
        auth=_DATA,
        limits=[Rate(5, per=1, burst=10, source=_FILES)],
        probe="/bucket?limit=1",
        aliases=_PLACES,
        below="/storage/v1",
    )
    samples: ClassVar = {"SUPABASE_URL": "https://abcdefghijklmnopqrst.supabase.co"}

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Each part has its own way to say no, and the status is not always the whole truth."""
        if response.status < _BAD_REQUEST or response.status in {_TOO_SLOW, _TOO_MANY}:
            return _of_one_user(response)
        said = orjson.loads(response.body or b"null")
        if not isinstance(said, dict) or not (words := _words(said)):
            return None
        text = f"HTTP {response.status}: {words}"
        told = str(said.get("statusCode") or response.status)  # Storage's own, behind a plain 400
        if told == str(_TOO_MANY):
            return UpstreamThrottled(text)
        return UpstreamUnauthorized(text) if _refuses_key(told, said) else UpstreamRejected(text)


def _of_one_user(response: HttpResponse) -> Failure | None:
    """Return the refusal to write to one address again so soon: nobody else has to wait."""
    if response.status != _TOO_MANY:
        return None
    said = orjson.loads(response.body)
    if said.get("error_code") not in _OF_ONE:
        return None
    return UpstreamRejected(f"HTTP {response.status}: {_words(said)}")


def _words(said: dict[str, Any]) -> str:
    """PostgREST: code, message, details, hint. Auth: error_code, msg. Storage: error, message."""
    code = said.get("error_code") or said.get("error") or said.get("code")
    message = said.get("msg") or said.get("error_description") or said.get("message")
    parts = [code if isinstance(code, str) else None, message]
    parts += [said.get("details"), said.get("hint")]
    return " ".join(one for one in parts if isinstance(one, str) and one)


def _refuses_key(told: str, said: dict[str, Any]) -> bool:
    """Return whether it is the key; a row or file that its role may not touch says 401, 403 too."""
    if told == "401":
        return said.get("code") != "42501"
    message = str(said.get("message")).lower()
    bad = any(word in message for word in ("jwt", "jws", "signature"))
    return told == "403" and "statusCode" in said and bad
