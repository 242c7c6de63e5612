import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients._rates import (
    DAY,
    HOUR,
    MINUTE,
    MONTH,
    SECOND,
    Concurrency,
    Limits,
    Rate,
    limits_of,
    parse_limits,
)

NUMBERS = st.one_of(st.integers(1, 10**9), st.floats(1.0, 1e9))


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("3/1s burst 10", Limits((Rate(3, SECOND, 10),))),
        ("3/s", Limits((Rate(3, SECOND),))),
        ("60/m, 2000/h", Limits((Rate(60, MINUTE), Rate(2000, HOUR)))),
        ("25/d,1000/mo", Limits((Rate(25, DAY), Rate(1000, MONTH)))),
        ("3/1s burst 10, 2000/h, concurrency 5", Limits((Rate(3, 1, 10), Rate(2000, HOUR)), 5)),
        ("concurrency 5", Limits((), 5)),
        ("  1.5 / 0.5 S  BURST 2.5 ", Limits((Rate(1.5, 0.5, 2.5),))),
        ("30/10m", Limits((Rate(30, 600),))),
        ("0.5/s burst 1", Limits((Rate(0.5, 1, 1),))),
    ],
)
def test_a_text_reads_as_limits(text: str, limits: Limits) -> None:
    assert parse_limits(text) == limits


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (Limits((Rate(3, SECOND, 10), Rate(2000, HOUR)), 5), "3/s burst 10, 2000/h, concurrency 5"),
        (Limits((Rate(3, 90), Rate(3, 3 * DAY))), "3/90s, 3/3d"),
        (Limits((Rate(2, 2 * MONTH), Rate(5, 62 * DAY))), "2/2mo, 5/2mo"),
        (Limits((Rate(1_000_000, 0.000_01),)), "1000000/0.00001s"),
        (Limits(), ""),
    ],
)
def test_limits_show_as_text(limits: Limits, text: str) -> None:
    assert str(limits) == text


@given(
    rates=st.lists(
        st.builds(Rate, NUMBERS, st.floats(1e-6, 1e9), st.none() | NUMBERS), min_size=1, max_size=3
    ),
    concurrency=st.none() | st.integers(1, 999_999),
)
def test_the_text_form_round_trips(rates: list[Rate], concurrency: int | None) -> None:
    limits = Limits(tuple(rates), concurrency)
    assert parse_limits(str(limits)) == limits


@pytest.mark.parametrize(
    "text",
    ["", "3", "3/", "/s", "3/w", "-3/s", "3/s burst", "3/s burst x", "3/s 10", "concurrency",
     "concurrency 1.5", "concurrency 9999999", "3/s;2/h", "3/s,", "three/s", "3e3/s", "\uff13/s"],
)  # fmt: skip
def test_what_is_no_limit_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a limit: write N/window .* for example 3/1s"):
        parse_limits(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("concurrency 1, 3/s, concurrency 2", "names two concurrencies"),
        ("concurrency 0", "concurrency must be from 1 to"),
        ("0/s", "calls must be from 0.000001 to 1000000000, not 0.0"),
        ("3/0s", "per must be"),
        ("3/s burst 0.5", "burst must be from 1 to"),
        ("0.5/s", "calls without a burst must be from 1 to"),
    ],
)
def test_numbers_that_no_limit_can_have_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_limits(text)


@pytest.mark.parametrize("odd", [0.0, -1.0, math.nan, math.inf, -math.inf, 1e-9, 1e12])
def test_a_rate_refuses_odd_numbers(odd: float) -> None:
    with pytest.raises(ValueError, match="calls must be"):
        Rate(odd, 1, 10)
    with pytest.raises(ValueError, match="per must be"):
        Rate(3, odd)
    with pytest.raises(ValueError, match="burst must be"):
        Rate(3, 1, odd)


def test_the_source_does_not_make_another_rate() -> None:
    assert Rate(3, 1, source="https://example.org/limits") == Rate(3, 1)
    assert Rate(3, 1, 10).capacity == 10
    assert Rate(3, 1).capacity == 3


def test_facts_make_limits() -> None:
    facts: list[Rate | Concurrency] = [
        Rate(3, 1),
        Concurrency(4, source="https://example.org"),
        Concurrency(2),
    ]
    assert limits_of(facts) == Limits((Rate(3, 1),), 2)
    assert limits_of([]) == Limits()
    assert Concurrency(4, source="https://example.org") == Concurrency(4)
    with pytest.raises(ValueError, match="concurrency must be"):
        Concurrency(0)
