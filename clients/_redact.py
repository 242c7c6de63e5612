"""No secret in any text: the last line before a sentence or a result leaves the process."""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, partial
from typing import Any, Final
from urllib.parse import quote

MASK: Final = "***"
_SHORTEST: Final = 4
_SHORTEST_IN_RESULTS: Final = 8
"""Shorter ones, as the passwords of a test machine, are also words and numbers of results."""
_HEAD: Final = 8
"""Characters that tell a long secret, wherever somebody has cut the rest off."""
_LONG: Final = 2 * _HEAD
_PASSING: Final = 32
"""Fetched ones that are known at a time, those last used: what is fetched has an end, and a reply
under way may still hold the few before."""
_NEVER_QUOTED: Final = re.compile(r"[A-Za-z0-9_.-]+")
_SECRET_NAME: Final = re.compile(r"key|secret|token|password", re.IGNORECASE)


class Redactor:
    """Replaces live secrets, in plain and in their usual encodings, by ``***``.

    Texts are searched for all secrets of the hub, and for the beginnings of long ones. Results are
    searched for those that this one has learned, whole: what the vendors it was made for were sent,
    and may echo.
    """

    def __init__(self, secrets: Iterable[str] = (), all_: "_Search | None" = None) -> None:
        self._all = all_ or _Search(_SHORTEST, head=_HEAD)
        self._echoed = _Search(_SHORTEST_IN_RESULTS)
        self._passing: dict[str, None] = {}
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

    def learn_passing(self, secrets: Iterable[str]) -> None:
        """Know these, until many others were learned so and none of these again."""
        found = dict.fromkeys(secrets)
        new = found.keys() - self._passing.keys()
        self._passing = {one: None for one in self._passing if one not in found} | found
        gone = list(self._passing)[:-_PASSING]
        for one in gone:
            del self._passing[one]
        for search in (self._all, self._echoed):
            search.learn(new, gone)

    def __call__(self, text: str) -> str:
        """Return the text without any secret."""
        return self._all.masked(text)

    def tree(self, value: Any) -> Any:  # noqa: ANN401  (JSON)
        """Return JSON without any secret in its names and texts."""
        return _mapped(self._all.masked, value)

    def result(self, body: bytes) -> bytes:
        """Return a result's JSON without what a vendor was sent to prove who asks.

        Only names and texts are masked, so that it stays JSON; of secrets, those of eight
        characters or more. Without a secret it is the same bytes, at the cost of a search.
        """
        if not self._echoed.is_in(body):
            return body
        clean = _mapped(self._echoed.masked, json.loads(body))
        return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()

    def content(self, body: bytes) -> bytes:
        """Return bytes that are no JSON without those secrets; as `result`."""
        return self._echoed.masked_bytes(body)


class _Shape:
    """How a secret, or a part of one, may be written."""

    def __init__(self, secret: str) -> None:
        self.whole = "://" in secret or len(secret) < _LONG  # addresses begin alike
        self.forms = {form.encode(errors="surrogatepass").lower() for form in _forms(secret)}
        plain = max(_NEVER_QUOTED.findall(secret), key=len, default="")
        self.escaped: list[tuple[bytes, re.Pattern[bytes]]] = []
        """Where it may be quoted or escaped: a part of it that never is, and what finds it."""
        if len(plain) < len(secret):
            self.escaped = [(plain.lower().encode(), _escaped(secret))]

    @cached_property
    def needles(self) -> tuple[bytes, ...]:
        """What JSON has inside if it has the secret."""
        return _needles([*self.forms, *(plain for plain, _ in self.escaped)])


class _Index:
    """What is looked for in a text; never changed, as any thread may be looking."""

    def __init__(self, shapes: Iterable[_Shape], head: int | None) -> None:
        self._shapes = tuple(shapes)
        self.forms: dict[bytes, set[bytes]] = {}
        """What is looked for, and with it the whole forms that begin so; in lower case."""
        for shape in self._shapes:
            for raw in shape.forms:
                self.forms.setdefault(raw[: None if shape.whole else head], set()).add(raw)
        self.escaped = [one for shape in self._shapes for one in shape.escaped]

    @cached_property
    def needles(self) -> tuple[bytes, ...]:
        return tuple({needle for shape in self._shapes for needle in shape.needles})


class _Search:
    """Knows secrets of some length, in all their forms; `head` characters of a long one do."""

    def __init__(self, shortest: int, head: int | None = None) -> None:
        self._shortest = shortest
        self._head = head
        self._holders: Counter[str] = Counter()
        self._known: dict[str, list[_Shape]] = {}
        self._index = _Index((), head)

    def learn(self, secrets: Iterable[str], gone: Iterable[str] = ()) -> None:
        """Know these; and forget those, unless they were learned by others too."""
        before = set(self._known)
        for one in secrets:
            self._holders[one] += 1
            if one not in self._known:
                parts = [part for part in _parts(one) if len(part) >= self._shortest]
                self._known[one] = list(map(_Shape, parts))
        for one in gone:
            self._holders[one] -= 1
            if not self._holders[one]:
                del self._holders[one], self._known[one]
        if self._known.keys() != before:
            shapes = (shape for one in self._known.values() for shape in one)
            self._index = _Index(shapes, self._head)

    def masked(self, text: str) -> str:
        raw = text.encode(errors="surrogatepass")
        clean = self.masked_bytes(raw)
        return text if clean is raw else clean.decode(errors="replace")

    def masked_bytes(self, raw: bytes) -> bytes:
        found = sorted(self._places(raw.lower()))
        if not found:
            return raw
        kept: list[bytes] = []
        end = 0
        for start, stop in found:
            if start > end or not kept:
                kept += [raw[end:start], MASK.encode()]
            end = max(end, stop)
        return b"".join([*kept, raw[end:]])

    def is_in(self, body: bytes) -> bool:
        """Return whether a secret may be in JSON."""
        needles = self._index.needles
        lower = body.lower() if needles else b""
        return any(one in lower for one in needles)

    def _places(self, lower: bytes) -> Iterator[tuple[int, int]]:
        index = self._index
        for head, forms in index.forms.items():
            start = lower.find(head)
            while start >= 0:
                stop = max(start + _shared(lower, start, form) for form in forms)
                yield start, stop
                start = lower.find(head, stop)
        for plain, pattern in index.escaped:
            if plain in lower:
                yield from (found.span() for found in pattern.finditer(lower))


def _shared(lower: bytes, start: int, form: bytes) -> int:
    """Return how many bytes of a form stand there."""
    there = lower[start : start + len(form)]
    pairs = enumerate(zip(there, form, strict=False))
    return next((at for at, (one, other) in pairs if one != other), len(there))


def _parts(secret: str) -> list[str]:
    """Return what of it has to stay secret: of a key file the lines or values that prove."""
    if secret.startswith("{"):
        try:
            values = json.loads(secret).items()
        except ValueError:
            values = ()
        found = [one for name, one in values if _SECRET_NAME.search(name) and isinstance(one, str)]
        return [part for one in found if "://" not in one for part in _parts(one)] or [secret]
    if secret.startswith("-----"):
        return [line for line in secret.splitlines() if not line.startswith("-----")]
    return [secret]


def _forms(secret: str) -> set[str]:
    """Return how a secret may be written by those who do not look at its characters."""
    plain = secret.encode(errors="surrogatepass")
    forms = {secret, secret.lower(), secret.upper()}
    for raw in {plain, quote(plain, safe="").encode()}:  # as it stands in a query
        forms |= {raw.hex(), raw.hex(":")} | _coded(raw)
    return forms


def _escaped(secret: str) -> re.Pattern[bytes]:
    """Return what finds it in addresses, forms, JSON and HTML, quoted as often as may be."""
    return re.compile(b"".join(map(_quoted, secret)), re.IGNORECASE)


def _quoted(one: str) -> bytes:
    raw = one.encode(errors="surrogatepass")
    plain = re.escape(raw)
    if _NEVER_QUOTED.fullmatch(one):
        return plain
    percent = b"".join(b"%%(?:25)*%02x" % byte for byte in raw)
    space = rb"|\+" if one == " " else b""
    point = b"%02x" % ord(one)
    escape = rb"\\+(?:%b|x%b|u0*%b|[nrt])" % (plain, point, point)
    entity = rb"&(?:amp;)*(?:#%d|#x0*%b|[a-z]{2,8});" % (ord(one), point)
    return rb"(?:%b|%b|%b|%b%b)" % (percent, escape, entity, plain, space)


def _coded(raw: bytes) -> set[str]:
    """Return what Base64 makes of it, alone or wherever it stands in something longer."""
    whole = base64.b64encode(raw).decode().rstrip("=")
    inner = {whole} | ({_within(raw, at) for at in range(3)} if len(raw) >= _HEAD else set())
    return inner | {one.replace("+", "-").replace("/", "_") for one in inner}


def _within(raw: bytes, before: int) -> str:
    """Return the characters that are this one's alone, with so many bytes before it, modulo 3."""
    text = base64.b64encode(bytes(before) + raw).decode()
    first, mixed = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
    return text[first:mixed]


def _needles(forms: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the forms as JSON writes them, in lower case; none that has another inside."""
    texts = [form.decode(errors="surrogatepass") for form in forms]
    written = {
        json.dumps(text, ensure_ascii=ascii_)[1:-1].encode(errors="surrogatepass").lower()
        for text in texts
        for ascii_ in (False, True)
    }
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
