from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts import Content
from contracts._types import Binary, Latitude, Longitude, MaybeFloat, MaybeInt, Upload, Utc

MOMENT = TypeAdapter[datetime](Utc)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-08T01:33Z",
        "2024-05-08T01:33:00",
        "2024-05-08 01:33:00.000",
        "2024-05-08T03:33:00+02:00",
        "2024-05-08 03:33:00+02",
        "2024-05-07 22:33:00.000-03",
    ],
)
def test_a_moment_is_in_utc(text: str) -> None:
    assert MOMENT.validate_python(text) == datetime(2024, 5, 8, 1, 33, tzinfo=UTC)
    assert MOMENT.validate_python(text).tzinfo is UTC


@pytest.mark.parametrize("value", [91, -91, float("nan"), float("inf")])
def test_coordinates_are_bounded(value: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Latitude).validate_python(value)


def test_zero_is_a_coordinate() -> None:
    assert TypeAdapter(Longitude).validate_python(0.0) == 0.0


@pytest.mark.parametrize("seconds", [1715132040, "1715132040", 1715132040000])
def test_a_moment_may_be_a_number(seconds: object) -> None:
    moment = datetime(2024, 5, 8, 1, 34, tzinfo=UTC)
    assert MOMENT.validate_python(seconds) == moment


BYTES = TypeAdapter[bytes](Binary)


def test_bytes_travel_as_base64() -> None:
    assert BYTES.validate_json('"AP8="') == b"\x00\xff" == BYTES.validate_python(b"\x00\xff")
    assert BYTES.dump_json(b"\x00\xff") == b'"AP8="'
    assert BYTES.dump_python(b"\x00\xff") == b"\x00\xff"
    assert BYTES.json_schema() == {"type": "string", "contentEncoding": "base64"}


@pytest.mark.parametrize("bad", ["A", "AP8", "A P8=", "AP8=\n", "é", "AP-_", 7, None])
def test_what_is_no_base64_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        BYTES.validate_python(bad)


def test_an_upload_is_bounded() -> None:
    upload = TypeAdapter[bytes](Upload)
    assert upload.validate_python(b"x" * 180_000)
    for size in (0, 180_001):
        with pytest.raises(ValidationError):
            upload.validate_python(b"x" * size)
    assert upload.json_schema()["maxLength"] == 240_000


def test_content_reads_what_it_wrote() -> None:
    content = Content(media_type="image/png", data=b"\x89", size=1)
    assert Content.model_validate_json(content.model_dump_json()) == content


@pytest.mark.parametrize(
    ("text", "expected"), [("7", 7), (" N/A ", None), (".", None), ("", None), (None, None)]
)
def test_no_value_is_none(text: object, expected: object) -> None:
    assert TypeAdapter(MaybeInt).validate_python(text) == expected
    assert TypeAdapter(MaybeFloat).validate_python(text) == expected
