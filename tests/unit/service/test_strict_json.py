import json
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.strict_json import MAX_DEPTH, MAX_NODES, NotJson, read_object

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_what_is_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert read_object(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_other_bytes_are_an_object_or_refused(body: bytes) -> None:
    with suppress(NotJson):
        assert isinstance(read_object(body), dict)


def test_an_empty_body_has_no_parameters() -> None:
    assert read_object(b"") == {}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not JSON"),
        (b"[1]", "has to be a JSON object"),
        (b'"text"', "has to be a JSON object"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1e400}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b'{"a": 1} trailing', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"a": 1, "a": 2}', "names 'a' twice"),
        (b'{"x": {"a": 1, "b": 2, "a": 3}}', "names 'a' twice"),
        (b'{"a":' + b"[" * 1000 + b"]" * 1000 + b',"a":1}', f"deeper than {MAX_DEPTH}"),
        (b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", f"deeper than {MAX_DEPTH}"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "not JSON"),
        (b'{"a": [' + b"1," * MAX_NODES + b"1]}", f"more than {MAX_NODES}"),
    ],
)
def test_what_is_wrong_is_said(body: bytes, says: str) -> None:
    with pytest.raises(NotJson, match=says):
        read_object(body)


def test_the_deepest_that_is_allowed() -> None:
    depth = MAX_DEPTH - 1
    assert read_object(b'{"a":' + b"[" * depth + b"]" * depth + b"}")
    wide = b'{"a": [' + b"[]," * 100 + b'[]], "b": [' + b"1," * 4000 + b"1]}"
    assert read_object(wide)


def test_a_colon_in_a_text_is_no_second_name() -> None:
    assert read_object(b'{"a": "b:c", "d": {"a": 1}}') == {"a": "b:c", "d": {"a": 1}}


def test_many_names_cost_one_look_each() -> None:
    """Such a body, of 210 KB, stood the loop still for six seconds."""
    names = [f'"n{number}":1' for number in range(MAX_NODES - 10)]
    body = f"{{{','.join(names + names[-1:] * 12_000)}}}".encode()
    before = process_time()
    json.loads(body)
    plain = process_time() - before
    with pytest.raises(NotJson, match="twice"):
        read_object(body)
    assert process_time() - before < 100 * plain
