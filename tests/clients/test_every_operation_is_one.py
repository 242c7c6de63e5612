"""No two operations are the same call under two names: they differ in what they send by themselves.

Of a call count method and path, the names of what it sends, and the values that no parameter gave:
`function=TIME_SERIES_DAILY` is another call than `function=OVERVIEW`.
"""

from collections.abc import Hashable, Iterator
from itertools import groupby
from typing import Any

from clients._target import text
from service.generate.catalog import calls_of
from tests.support.conformance import SUCCESSES, Case

LEAST = 170
"""Operations that the issue asks for; near-copies don't count."""

TWINS: dict[frozenset[str], str] = {
    frozenset(
        {"automation_hub.broadcast", "automation_hub.trigger", "automation_hub.trigger_make"}
    ): "One platform by its own parameters, one by its name, several at once.",
    frozenset(
        {"defense.get_detections", "defense.list_assets"}
    ): "Assets of any template, and tracks with points of interest: two parts of one stream.",
    frozenset(
        {"space_weather.get_ace_mag", "space_weather.get_solar_wind_mag"}
    ): "The platform's name for one spacecraft's lines of the file that took the place of its own.",
    frozenset(
        {"space_weather.get_dscovr_plasma", "space_weather.get_solar_wind"}
    ): "The same: SWPC stopped the file of that spacecraft in 2026.",
}
"""Operations that share a call, each with the reason why both are there."""


def leaves(value: Any) -> Iterator[str]:  # noqa: ANN401  (JSON)
    """Every text and number in it, as it may stand in an address."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif value is not None:
        yield text(value)


def fixed(said: Any, given: set[str]) -> Hashable:  # noqa: ANN401
    """What of a query or a body is always so; its names, where parameters gave the values."""
    if isinstance(said, dict):
        return frozenset((name, fixed(one, given)) for name, one in said.items())
    if isinstance(said, list):
        return frozenset(fixed(one, given) for one in said)
    return None if said is None or text(said) in given else text(said)


def shape(case: Case) -> Hashable:
    """What an operation does, apart from its parameters."""
    given = set(leaves(dict(case.recording.params)))
    parts = []
    for call, one in zip(
        calls_of(case.facts, case.recording), case.recording.exchanges, strict=True
    ):
        address = case.facts.upstreams[call.upstream].url or (case.facts.name, call.upstream)
        asked = one.request
        sent = (dict(asked.query), asked.body, asked.form and dict(asked.form))
        parts.append((address, call.method, call.path, *(fixed(each, given) for each in sent)))
    return tuple(parts)


def shared() -> set[frozenset[str]]:
    by_shape = sorted(SUCCESSES, key=lambda one: hash(shape(one)))
    groups = (list(group) for _, group in groupby(by_shape, shape))
    return {frozenset(one.operation.name for one in group) for group in groups if len(group) > 1}


def test_no_two_operations_are_one() -> None:
    assert shared() == TWINS.keys()


def test_there_are_enough_of_them_without_those_that_share_a_path() -> None:
    paths = {
        frozenset(
            (call.upstream, call.method, call.path, case.facts.name)
            for call in calls_of(case.facts, case.recording)
        )
        for case in SUCCESSES
    }
    assert len(paths) >= LEAST
