"""Secrets that can be found again, in whatever way somebody writes them.

A canary begins and ends with eight characters that are in no other; in each coding of the whole,
and in what is left when it is cut, there is a coding of one of them.
"""

import base64
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

PIECE: Final = 8
_AROUND: Final = 60
_LETTERS: Final = string.ascii_letters + string.digits
_ODD: Final = "/+=&?%~"
"""What is written otherwise in addresses, forms, JSON and Base64."""


@dataclass
class Canaries:
    """All that were planted, by the name under which a test tells of them."""

    pieces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _needles: dict[bytes, str] = field(default_factory=dict)

    def new(self, name: str) -> str:
        """Return a secret for that variable."""
        first, last = ("".join(secrets.choice(_LETTERS) for _ in range(PIECE)) for _ in range(2))
        self.plant(name, first, last)
        return f"{first}{_ODD}{last}"

    def plant(self, name: str, *pieces: str) -> None:
        """Know a secret of another shape by some of its pieces."""
        self.pieces[name] = (*self.pieces.get(name, ()), *pieces)
        self._needles |= {form: name for piece in pieces for form in _forms(piece)}

    def found(self, data: bytes) -> dict[str, list[bytes]]:
        """Return the names of those that are in there, with the places."""
        found: dict[str, list[bytes]] = {}
        for needle, name in self._needles.items():
            at = data.find(needle)
            while at >= 0:
                found.setdefault(name, []).append(data[max(0, at - _AROUND) : at + _AROUND])
                at = data.find(needle, at + 1)
        return found


def _forms(piece: str) -> Iterator[bytes]:
    raw = piece.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw + b"~~")
        inside = text[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield inside
        yield inside.replace(b"+", b"-").replace(b"/", b"_")
