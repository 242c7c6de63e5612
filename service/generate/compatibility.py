"""Whether new schemas keep what old ones promised: pure.

A request schema must accept every old request; a reply schema must stay readable for an old reader.
What cannot be judged from the schemas alone counts as a break: better asked once too often.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_FLOORS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_CEILINGS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaks(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """Return a sentence for each promise of `old` that `new` does not keep."""
    found: list[str] = []
    for name, schema in old.items():
        if name not in new:
            found.append(f"{name}: the operation is gone.")
            continue
        kind = "request" if name.endswith(".request.json") else "reply"
        pairs = _Pair(schema, new[name], kind).breaks()
        found += [f"{name}: {sentence}" for sentence in pairs]
    return found


class _Pair:
    """An old and a new schema of the same thing."""

    def __init__(self, old: Schema, new: Schema, kind: str) -> None:
        self._old = old
        self._new = new
        self._asks = kind == "request"
        self._seen: set[tuple[str, str]] = set()

    def breaks(self) -> list[str]:
        return list(self._compare(self._old, self._new, ""))

    def _compare(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        key = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and key in self._seen:
            return
        self._seen.add(key)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(old, new, at)
            return
        yield from self._kinds(old, new, at)
        yield from self._bounds(old, new, at)
        yield from self._fields(old, new, at)
        if "items" in old and isinstance(new.get("items"), Mapping):
            yield from self._compare(old["items"], new["items"], f"{at}[]")

    def _kinds(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        narrow, wide = (old, new) if self._asks else (new, old)
        if "type" in wide and narrow.get("type") != wide["type"]:
            both = {narrow.get("type"), wide["type"]}
            if both != {"integer", "number"} or wide["type"] == "integer":
                yield f"{at or 'it'} was {old.get('type')} and is {new.get('type')}."
        lost = set(_values(narrow)) - set(_values(wide))
        if _values(wide) and (lost or not _values(narrow)):
            yield f"{at or 'it'} has other allowed values: {', '.join(sorted(lost)) or 'any'}."

    def _bounds(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        if not self._asks:
            return
        for name in (*_FLOORS, *_CEILINGS):
            if name not in new:
                continue
            sign = 1 if name in _FLOORS else -1
            if name not in old or sign * new[name] > sign * old[name]:
                yield f"{at or 'it'} has a tighter {name}."
        if new.get("pattern") not in {None, old.get("pattern")}:
            yield f"{at or 'it'} has another pattern."

    def _fields(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            here = f"{at}.{name}" if at else name
            if name in after:
                yield from self._compare(schema, after[name], here)
            elif self._asks or name in old.get("required", ()):
                yield f"{here} is gone."
        needed, was = set(new.get("required", ())), set(old.get("required", ()))
        for name in sorted(needed - was if self._asks else was - needed):
            if self._asks or name in after:
                verb = "is required now" if self._asks else "may be missing now"
                yield f"{f'{at}.{name}' if at else name} {verb}."

    def _alternatives(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        narrow, wide = (old, new) if self._asks else (new, old)
        for one in narrow.get("anyOf", [narrow]):
            fits = (self._fits(one, other) for other in wide.get("anyOf", [wide]))
            if not any(fits):
                yield f"{at or 'it'} has other alternatives."
                return

    def _fits(self, narrow: Schema, wide: Schema) -> bool:
        old, new = (narrow, wide) if self._asks else (wide, narrow)
        trial = _Pair(self._old, self._new, "request" if self._asks else "reply")
        return next(trial._compare(old, new, ""), None) is None


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Schema = root
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _values(schema: Schema) -> list[str]:
    return [str(one) for one in schema.get("enum", [schema["const"]] if "const" in schema else [])]
