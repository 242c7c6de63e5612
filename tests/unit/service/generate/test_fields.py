from typing import Any

import pytest

from service.generate.fields import Row, rows_of, type_of

NAMED: dict[str, dict[str, Any]] = {
    "Size": {"type": "integer", "minimum": 1, "maximum": 5},
    "Part": {
        "type": "object",
        "title": "Part",
        "description": "A part.",
        "properties": {"name": {"type": "string"}, "in": {"$ref": "#/$defs/Part"}},
    },
}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({}, "any JSON"),
        ({"type": "boolean"}, "true or false"),
        ({"type": "integer", "minimum": 1}, "whole number, from 1"),
        ({"type": "number", "minimum": -90, "maximum": 90.5}, "number, from -90 to 90.5"),
        (
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "number, above 0 below 1",
        ),
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 64}, "text, up to 64 characters"),
        ({"type": "string", "minLength": 1, "maxLength": 64}, "text, 1 to 64 characters"),
        ({"type": "string", "minLength": 2, "maxLength": 2}, "text, 2 characters"),
        ({"type": "string", "minLength": 1}, "text, at least 1 characters"),
        ({"type": "string", "pattern": "^a$"}, "text like `^a$`"),
        ({"type": "string", "pattern": "a" * 99}, "text"),
        ({"type": "string", "format": "date-time"}, "time, UTC"),
        ({"type": "string", "format": "date"}, "day"),
        ({"type": "string", "contentEncoding": "base64", "maxLength": 9}, "bytes, Base64"),
        ({"enum": ["a", 1]}, "`a`, `1`"),
        ({"const": "a"}, "`a`"),
        ({"enum": list(range(14))}, ", ".join(f"`{n}`" for n in range(12)) + ", … 2 more"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": "array", "items": {}, "minItems": 1, "maxItems": 3}, "list of 1 to 3 any JSON"),
        ({"items": {"$ref": "#/$defs/Size"}}, "list of (whole number, from 1 to 5)"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"oneOf": [{"type": "string"}, {"type": "string"}]}, "text"),
        ({"$ref": "#/$defs/Part"}, "object"),
        ({"type": "object", "additionalProperties": True}, "object"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
    ],
)
def test_a_type_is_told_with_its_bounds(schema: dict[str, Any], told: str) -> None:
    assert type_of(schema, NAMED) == told


def test_each_field_has_its_row_and_what_is_in_it_below() -> None:
    rows = rows_of(
        {
            "$defs": NAMED,
            "properties": {
                "size": {"$ref": "#/$defs/Size", "description": "How\n large.", "default": 2},
                "parts": {"anyOf": [{"items": {"$ref": "#/$defs/Part"}}, {"type": "null"}]},
            },
            "required": ["parts"],
        }
    )
    assert rows == [
        Row("size", "whole number, from 1 to 5", required=False, default=2, meaning="How large."),
        Row("parts", "list of object or null", required=True, default=None, meaning=""),
        Row("parts[].name", "text", required=False, default=None, meaning=""),
        Row("parts[].in", "object", required=False, default=None, meaning="A part."),
    ]
