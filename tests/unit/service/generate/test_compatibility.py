from typing import Any

import pytest

from service.generate.compatibility import breaks

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def schema(required: list[str] | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": "object", "properties": fields, "required": required or []}


def found(kind: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    name = f"schemas/shop/get.{kind}.json"
    return [one.removeprefix(f"{name}: ") for one in breaks({name: old}, {name: new})]


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        (schema(a=TEXT), schema(a=TEXT), []),
        (schema(a=TEXT), schema(a=TEXT, b=TEXT), []),
        (schema(["a"], a=TEXT), schema(a=TEXT), []),
        (schema(a=TEXT), schema(["a"], a=TEXT), ["a is required now."]),
        (schema(a=TEXT), schema(["b"], a=TEXT, b=TEXT), ["b is required now."]),
        (schema(a=TEXT), schema(), ["a is gone."]),
        (schema(a=TEXT), schema(a=NUMBER), ["a was string and is number."]),
        (schema(a={"type": "integer"}), schema(a=NUMBER), []),
        (schema(a=NUMBER), schema(a={"type": "integer"}), ["a was number and is integer."]),
        (
            schema(a={**TEXT, "maxLength": 9}),
            schema(a={**TEXT, "maxLength": 8}),
            ["a has a tighter maxLength."],
        ),
        (schema(a={**TEXT, "maxLength": 9}), schema(a={**TEXT, "maxLength": 10}), []),
        (schema(a=NUMBER), schema(a={**NUMBER, "minimum": 0}), ["a has a tighter minimum."]),
        (schema(a=TEXT), schema(a={**TEXT, "pattern": "x"}), ["a has another pattern."]),
        (schema(a={"enum": ["x", "y"]}), schema(a={"enum": ["x", "y", "z"]}), []),
        (
            schema(a={"enum": ["x", "y"]}),
            schema(a={"enum": ["x"]}),
            ["a has other allowed values: y."],
        ),
        (schema(a=TEXT), schema(a={"anyOf": [TEXT, {"type": "null"}]}), []),
        (
            schema(a={"anyOf": [TEXT, {"type": "null"}]}),
            schema(a=TEXT),
            ["a has other alternatives."],
        ),
        (
            schema(a={"type": "array", "items": TEXT}),
            schema(a={"type": "array", "items": NUMBER}),
            ["a[] was string and is number."],
        ),
    ],
)
def test_a_request_schema_accepts_every_old_request(
    old: dict[str, Any], new: dict[str, Any], broken: list[str]
) -> None:
    assert found("request", old, new) == broken


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        (schema(["a"], a=TEXT), schema(["a", "b"], a=TEXT, b=TEXT), []),
        (schema(a=TEXT), schema(), []),
        (schema(["a"], a=TEXT), schema(), ["a is gone."]),
        (schema(["a"], a=TEXT), schema(a=TEXT), ["a may be missing now."]),
        (schema(a=NUMBER), schema(a={"type": "integer"}), []),
        (schema(a={"type": "integer"}), schema(a=NUMBER), ["a was integer and is number."]),
        (schema(a={"enum": ["x", "y"]}), schema(a={"enum": ["x"]}), []),
        (
            schema(a={"enum": ["x"]}),
            schema(a={"enum": ["x", "y"]}),
            ["a has other allowed values: y."],
        ),
        (
            schema(a=TEXT),
            schema(a={"anyOf": [TEXT, {"type": "null"}]}),
            ["a has other alternatives."],
        ),
    ],
)
def test_a_reply_schema_stays_readable(
    old: dict[str, Any], new: dict[str, Any], broken: list[str]
) -> None:
    assert found("reply", old, new) == broken


def test_an_operation_stays() -> None:
    assert breaks({"schemas/shop/get.request.json": {}}, {}) == [
        "schemas/shop/get.request.json: the operation is gone."
    ]


def test_definitions_are_followed_and_may_recur() -> None:
    old = {
        "$ref": "#/$defs/Node",
        "$defs": {"Node": schema(["a"], a=TEXT, next={"$ref": "#/$defs/Node"})},
    }
    new = {
        "$ref": "#/$defs/Knot",
        "$defs": {"Knot": schema(a=TEXT, next={"$ref": "#/$defs/Knot"})},
    }
    assert "a may be missing now." in found("reply", old, new)
    assert found("reply", old, old) == []
