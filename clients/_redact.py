"""No secret in any text: the last line before a sentence leaves the process."""

import base64
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
_SHORTEST: Final = 4


class Redactor:
    """Replaces live secrets, in plain and in their usual encodings, by ``***``."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Know these secrets from now on; shorter than four characters is no secret."""
        new = {one for one in secrets if len(one) >= _SHORTEST and one not in self._known}
        if new:
            self._known |= {form for one in new for form in _forms(one)}
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Return the text without any secret."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    coded = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    coded |= {form.rstrip("=") for form in coded}
    return {secret, quote(secret, safe=""), quote_plus(secret), raw.hex()} | coded
