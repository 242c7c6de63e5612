"""The fields of a JSON Schema as rows for people: pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]
Names = tuple[str, ...]

_DEEPEST: Final = 3
_MOST_CHOICES: Final = 12
_LONGEST_PATTERN: Final = 48
_PLAIN: Final = {
    "boolean": "true or false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "text",
}
_FORMATS: Final = {"date": "day", "date-time": "time, UTC", "time": "time of day"}


@dataclass(frozen=True)
class Row:
    """One field; ``rows[].name`` is inside a list of objects."""

    name: str
    type: str
    """Kind and bounds."""
    required: bool
    default: Any
    meaning: str


def rows_of(schema: Schema) -> list[Row]:
    """Return a row for each field, those of nested objects below it."""
    return list(_rows(schema, schema.get("$defs", {}), "", ()))


def type_of(schema: Schema, named: Mapping[str, Schema]) -> str:
    """Return kind and bounds of one schema."""
    schema = _found(schema, named)
    if several := schema.get("anyOf", schema.get("oneOf")):
        return " or ".join(dict.fromkeys(type_of(one, named) for one in several))
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return _choices(choices)
    if "items" in schema:
        inner = type_of(schema["items"], named)
        return f"list of {_bounds(schema, 'Items', '')}{_in_list(inner)}"
    if schema.get("type") == "object":
        return _object(schema, named)
    if schema.get("type") == "string":
        return _text(schema)
    plain = _PLAIN.get(schema.get("type", ""), "any JSON")
    return f"{plain}{_range(schema)}"


def _rows(schema: Schema, named: Mapping[str, Schema], at: str, above: Names) -> Iterator[Row]:
    needed = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Row(
            name=f"{at}{name}",
            type=type_of(one, named),
            required=name in needed,
            default=one.get("default"),
            meaning=" ".join(_meaning(one, named).split()),
        )
        inner, way = _inside(one, named)
        title = str(inner.get("title", ""))
        if inner.get("properties") and title not in above and len(above) < _DEEPEST - 1:
            yield from _rows(inner, named, f"{at}{name}{way}.", (*above, title))


def _inside(schema: Schema, named: Mapping[str, Schema]) -> tuple[Schema, str]:
    """Return the object that a field holds, and how it gets there: ``[]`` through a list."""
    schema = _found(schema, named)
    for one in schema.get("anyOf", schema.get("oneOf", ())):
        inner, way = _inside(one, named)
        if inner.get("properties"):
            return inner, way
    if "items" in schema:
        inner, way = _inside(schema["items"], named)
        return inner, f"[]{way}"
    return schema, ""


def _found(schema: Schema, named: Mapping[str, Schema]) -> Schema:
    while "$ref" in schema:
        schema = named[str(schema["$ref"]).rpartition("/")[2]]
    return schema


def _meaning(schema: Schema, named: Mapping[str, Schema]) -> str:
    own = schema.get("description")
    return str(own or _found(schema, named).get("description", ""))


def _choices(choices: list[Any]) -> str:
    shown = ", ".join(f"`{one}`" for one in choices[:_MOST_CHOICES])
    more = len(choices) - _MOST_CHOICES
    return f"{shown}, … {more} more" if more > 0 else shown


def _object(schema: Schema, named: Mapping[str, Schema]) -> str:
    values = schema.get("additionalProperties")
    if schema.get("properties") or not isinstance(values, Mapping):
        return "object"
    return f"object of {_in_list(type_of(values, named))}"


def _text(schema: Schema) -> str:
    if schema.get("contentEncoding") == "base64":
        return "bytes, Base64"
    kind = _FORMATS.get(schema.get("format", ""), "text")
    pattern = schema.get("pattern", "")
    like = f" like `{pattern}`" if pattern and len(pattern) <= _LONGEST_PATTERN else ""
    counted = _bounds(schema, "Length", " characters")
    return f"{kind}{f', {counted}' if counted else ''}{like}"


def _bounds(schema: Schema, what: str, unit: str) -> str:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if most is None:
        return f"at least {least}{unit or ' '}" if least else ""
    span = f"{least} to {most}" if least and least != most else f"{most}"
    return f"{span if least else f'up to {most}'}{unit or ' '}"


def _range(schema: Schema) -> str:
    said = {
        "minimum": "from {}",
        "exclusiveMinimum": "above {}",
        "maximum": "to {}",
        "exclusiveMaximum": "below {}",
    }
    shown = [text.format(_plain(schema[key])) for key, text in said.items() if key in schema]
    return f", {' '.join(shown)}" if shown else ""


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _in_list(inner: str) -> str:
    return f"({inner})" if " or " in inner or "," in inner else inner
