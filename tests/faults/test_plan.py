"""The plan of a run comes from its seed, and from nothing else."""

from collections import Counter

from tests.faults.plan import AGENTS, CORE, HUBS, NAMES, SDK_AGENTS, make
from tests.support.doom import POINTS


def test_the_same_seed_gives_the_same_plan() -> None:
    one, two, other = make(3, 500, 30), make(3, 500, 30), make(4, 500, 30)
    assert one == two
    assert list(one.asked()) == list(two.asked())
    assert one.faults != other.faults
    assert list(one.asked()) != list(other.asked())


def test_ten_faults_are_ten_kinds() -> None:
    assert sorted(fault.kind for fault in make(1, 20_000, 10).faults) == sorted(CORE)


def test_a_long_run_has_every_kind_and_kills_at_every_point() -> None:
    faults = make(1, 10**6, 300).faults
    assert {fault.kind for fault in faults} == set(NAMES)
    assert {fault.params.get("point") for fault in faults} >= set(POINTS)
    assert any("held" in fault.params for fault in faults)
    assert {fault.params.get("hub") for fault in faults} >= set(HUBS)
    assert len({fault.id for fault in faults}) == 300


def test_faults_are_spread_over_the_requests() -> None:
    places = [fault.at for fault in make(1, 1100, 10).faults]
    assert places == [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]


def test_requests_are_mixed_as_told() -> None:
    asked = list(make(1, 20_000, 0).asked())
    kinds = Counter(one.lane.kind for one in asked)
    assert 0.35 < kinds["unsafe"] / len(asked) < 0.6
    assert 0.005 < sum(one.hostile is not None for one in asked) / len(asked) < 0.015
    assert 0.04 < sum(one.again is not None for one in asked) / len(asked) < 0.06
    assert {one.agent for one in asked} == set(range(AGENTS + SDK_AGENTS))
    assert len({one.token for one in asked}) == len(asked)


def test_only_plain_agents_do_what_the_sdk_would_not() -> None:
    asked = make(1, 20_000, 0).asked()
    assert all(one.agent < AGENTS for one in asked if one.within or one.hostile is not None)
