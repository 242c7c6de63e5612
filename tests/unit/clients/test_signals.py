import math
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients._signals import Dialect, Form, Seen, retry_after, seen

WALL = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT
NAMES = ("x-rate-limit-retry-after-seconds", "retry-after")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("+3", 3.0),
        ("-5", 0.0),
        ("86401", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30.0),
        ("Tue Nov 14 22:13:50 2023", 30.0),
        ("Tue, 14 Nov 2023 23:13:50 +0100", 30.0),
        ("2023-11-14T22:13:50Z", 30.0),
        ("2023-11-14T22:13:50", 30.0),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("0x10", None),
        ("\uff17", None),
        ("1 2", None),
        ("12, 15", None),
        ("Tue, 99 Nov 2023 22:13:50 GMT", None),
        ("Tue, 14 Nov 2023 22:13:50 GMT" + " " * 40 + "x", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_from_0_to_a_day(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, WALL) == seconds


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that does not keep UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Etc/GMT+7")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("text", ["2023-11-14T22:13:50", "Tue Nov 14 22:13:50 2023"])
def test_a_date_without_a_zone_is_utc_wherever_the_hub_runs(text: str) -> None:
    assert retry_after({"retry-after": text}, WALL) == 30.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3", NAMES[0]: "9"}, 9.0),
        ({"retry-after": "3", NAMES[0]: "later"}, 3.0),
        ({"x-other": "3"}, None),
    ],
)
def test_the_first_header_that_reads_counts(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, WALL, NAMES) == seconds


@pytest.mark.parametrize(
    ("form", "reset", "reset_in"),
    [
        ("delta", "42", 42.0),
        ("delta", "-1", 0.0),
        ("delta", "9" * 30, 31 * 86_400.0),
        ("delta", "soon", None),
        ("epoch", "1700000030", 30.0),
        ("epoch", "30", 0.0),
        ("epoch_ms", "1700000030500", 30.5),
        ("date", "Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("date", "2023-11-14T22:13:50+00:00", 30.0),
        ("date", "30", None),
    ],
)
def test_each_dialect_tells_its_reset(form: Form, reset: str, reset_in: float | None) -> None:
    dialect = Dialect("x-remaining", "x-reset", form)
    told = seen([dialect], {"x-remaining": "12", "x-reset": reset}, WALL)
    assert told == [Seen(12.0, reset_in, "x-remaining")]


@pytest.mark.parametrize(
    ("remaining", "told"),
    [("0", 0.0), ("49.0", 49.0), ("49.", 49.0), ("-3", 0.0), ("9" * 400, 1e12)],
)
def test_what_remains_is_a_number_from_0(remaining: str, told: float) -> None:
    assert seen([Dialect("x-left")], {"x-left": remaining}, WALL) == [Seen(told, None, "x-left")]


@pytest.mark.parametrize("garbage", ["", "many", "nan", "inf", "Microsoft.Compute/GetVM;197"])
def test_a_header_that_does_not_read_tells_nothing(garbage: str) -> None:
    assert seen([Dialect("x-left", "x-reset")], {"x-left": garbage, "x-reset": "3"}, WALL) == []


def test_each_window_of_the_vendor_is_told_apart() -> None:
    dialects = [Dialect("x-minute", "x-minute-reset"), Dialect("x-day"), Dialect("x-month")]
    headers = {"x-minute": "3", "x-day": "200"}
    assert seen(dialects, headers, WALL) == [
        Seen(3.0, None, "x-minute"),
        Seen(200.0, None, "x-day"),
    ]


@given(
    value=st.text(max_size=80) | st.from_regex(r"[\w,: +-]{1,40}", fullmatch=True),
    form=st.sampled_from(["delta", "epoch", "epoch_ms", "date"]),
)
def test_whatever_a_vendor_sends_the_answer_is_bounded(value: str, form: Form) -> None:
    pause = retry_after({"retry-after": value}, WALL)
    assert pause is None or 0.0 <= pause <= 86_400.0
    for one in seen([Dialect("a", "b", form)], {"a": value, "b": value}, WALL):
        assert 0.0 <= one.remaining < math.inf
        assert one.reset_in is None or 0.0 <= one.reset_in <= 31 * 86_400.0
