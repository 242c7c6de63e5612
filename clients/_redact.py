"""No secret in any text: the last line before a sentence or a result leaves the process."""

import base64
import json
import re
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
_SHORTEST: Final = 4
_SHORTEST_IN_RESULTS: Final = 8
"""Shorter ones, as the passwords of a test machine, are also words and numbers of results."""


class Redactor:
    """Replaces live secrets, in plain and in their usual encodings, by ``***``.

    Texts are searched for all secrets of the hub. Results are searched for those that this one
    has learned: what the vendors it was made for were sent, and may echo.
    """

    def __init__(self, secrets: Iterable[str] = (), all_: "_Search | None" = None) -> None:
        self._all = all_ or _Search(_SHORTEST)
        self._echoed = _Search(_SHORTEST_IN_RESULTS)
        self._all.learn(secrets)

    def apart(self) -> "Redactor":
        """Return one for some vendors: all texts are rid of what it learns, only their results."""
        return Redactor(all_=self._all)

    def learn(self, secrets: Iterable[str], accounts: Collection[str] = ()) -> None:
        """Know these secrets from now on; shorter than four characters is no secret.

        `accounts` are those among them that only say who asks: results may name them.
        """
        found = list(secrets)
        self._all.learn(found)
        self._echoed.learn(one for one in found if one not in accounts)

    def __call__(self, text: str) -> str:
        """Return the text without any secret."""
        return self._all.masked(text)

    def result(self, body: bytes) -> bytes:
        """Return a result's JSON without what a vendor was sent to prove who asks.

        Only names and texts are masked, so that it stays JSON; of secrets, those of eight
        characters or more. Without a secret it is the same bytes, at the cost of a search.
        """
        if not self._echoed.is_in(body):
            return body
        clean = _mapped(self._echoed.masked, json.loads(body))
        return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()


class _Search:
    """Knows secrets of some length, in all their forms."""

    def __init__(self, shortest: int) -> None:
        self._shortest = shortest
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._needles: tuple[bytes, ...] = ()

    def learn(self, secrets: Iterable[str]) -> None:
        new = {one for one in secrets if len(one) >= self._shortest and one not in self._known}
        if new:
            self._known |= {form for one in new for form in _forms(one)}
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
            self._needles = _needles(self._known)

    def masked(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text

    def is_in(self, body: bytes) -> bool:
        """Return whether a secret may be in JSON: one look for each is faster than the pattern."""
        lower = body.lower() if self._needles else b""
        return any(one in lower for one in self._needles)


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    coded = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    coded |= {form.rstrip("=") for form in coded}
    return {secret, quote(secret, safe=""), quote_plus(secret), raw.hex()} | coded


def _needles(forms: Iterable[str]) -> tuple[bytes, ...]:
    """Return the forms as JSON writes them, in lower case; none that has another inside."""
    cased = {case for form in forms for case in (form.lower(), form.upper())}
    written = {json.dumps(case, ensure_ascii=False)[1:-1].encode().lower() for case in cased}
    kept: list[bytes] = []
    for one in sorted(written, key=len):
        if not any(other in one for other in kept):
            kept.append(one)
    return tuple(kept)


def _mapped(change: Callable[[str], str], value: Any) -> Any:  # noqa: ANN401  (JSON)
    """Return JSON with every text and every name in it changed."""
    inside = partial(_mapped, change)
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return list(map(inside, value))
    if isinstance(value, dict):
        return {change(name): inside(one) for name, one in value.items()}
    return value
