"""What the markets' answers really mean: each vendor's own way to say no, often in a 200.

All six are told apart by shape. https://github.com/RomelTorres/alpha_vantage/issues/248
https://coinmarketcap.com/api/resources/how-to-handle-coinmarketcap-api-errors-and-rate-limit--responses
https://docs.coingecko.com/docs/errors-and-rate-limits
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import orjson

from clients._http import HttpResponse
from clients._limits import DAY, HOUR, MINUTE
from contracts import Facts, Failure, UpstreamRejected, UpstreamThrottled, UpstreamUnauthorized

Record = dict[str, Any]

_LARGEST: Final = 8192
"""Bytes: no refusal is longer, and what is longer need not be read twice."""
_NO_KEY: Final = frozenset({1001, 1002, 1003, 1004, 1005, 1007, 10002, 10010, 10011})
_BRIEF: Final = frozenset({429, 1008, 1011})
_BROKEN: Final = range(500, 600)
_DAILY: Final = 1009
_MONTHLY: Final = 1010
_PACE: Final = ("spreading out", "per second", "call frequency", "per minute")
_QUOTA: Final = ("requests per day", "daily rate limit")
_PAUSE: Final = 2.0


def read(response: HttpResponse) -> Failure | None:
    """Return the failure that an answer tells of; None where its status says all."""
    body = response.body
    if len(body) > _LARGEST or not body.lstrip().startswith(b"{"):
        return None
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return _noted(said) or _coded(said, response) or _plain(said, response)


def _noted(said: Record) -> Failure | None:
    """Alpha Vantage: a sentence in place of the answer."""
    if wrong := _text(said.get("Error Message")):
        return UpstreamUnauthorized(wrong) if "apikey" in wrong else UpstreamRejected(wrong)
    text = _text(said.get("Note")) or _text(said.get("Information"))
    plain = text.lower()
    if any(word in plain for word in _PACE):
        brief = MINUTE if "per minute" in plain else _PAUSE
        return UpstreamThrottled(text, Facts(retry_after=brief))
    if any(word in plain for word in _QUOTA):
        return UpstreamThrottled(text, Facts(retry_after=HOUR))
    if "demo" in plain and "api key" in plain:
        return UpstreamUnauthorized(text)
    return UpstreamRejected(text) if text else None


def _coded(said: Record, response: HttpResponse) -> Failure | None:
    """CoinMarketCap, CoinGecko (both below `status`) and FRED: a number and a sentence."""
    inner = said.get("error")
    below = (inner if isinstance(inner, dict) else said).get("status")
    status: Record = below if isinstance(below, dict) else {}
    code = status.get("error_code") or said.get("error_code")
    if not isinstance(code, int | str) or not str(code).isdigit() or not int(code):
        return None
    text = _text(status.get("error_message")) or _text(said.get("error_message"))
    return _by_code(int(code), f"{code} {text}".strip(), status, response)


def _by_code(code: int, text: str, status: Record, response: HttpResponse) -> Failure | None:
    if code in _BRIEF:
        headed = "retry-after" in response.headers
        return UpstreamThrottled(text, Facts(retry_after=None if headed else MINUTE))
    if code == _DAILY:
        return UpstreamThrottled(text, Facts(retry_after=_to_midnight(status)))
    if code == _MONTHLY:
        return UpstreamThrottled(text, Facts(retry_after=DAY))
    if code in _NO_KEY or code == HTTPStatus.UNAUTHORIZED or "api_key" in text:
        return UpstreamUnauthorized(text)
    return None if code in _BROKEN else UpstreamRejected(text)


def _plain(said: Record, response: HttpResponse) -> Failure | None:
    """Massive and Finnhub: an error in a 200."""
    text = _text(said.get("error"))
    return UpstreamRejected(text) if text and response.status == HTTPStatus.OK else None


def _to_midnight(status: Record) -> float:
    """Return the seconds to the end of the day (UTC), by the answer's own clock."""
    now = datetime.fromisoformat(status["timestamp"])
    return DAY - (now.hour * HOUR + now.minute * MINUTE + now.second)


def _text(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else ""
