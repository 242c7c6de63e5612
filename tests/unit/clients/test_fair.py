from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from clients._fair import FairQueue, Waiting

USERS = st.sampled_from("abc")
COSTS = st.sampled_from([0.5, 1.0, 2.0, 5.0])


def queue_of(*pushes: tuple[str, float]) -> FairQueue[str]:
    """Return a queue with items named after their user and its count: a1, b1, a2 …"""
    queue, count = FairQueue[str](), Counter[str]()
    for user, cost in pushes:
        count[user] += 1
        queue.push(user, cost, f"{user}{count[user]}")
    return queue


def drained(queue: FairQueue[str]) -> str:
    """Pop everything."""
    return " ".join(queue.pop() for _ in range(len(queue)))


@pytest.mark.parametrize(
    ("pushes", "order"),
    [
        ([("a", 1), ("a", 1), ("a", 1)], "a1 a2 a3"),
        ([("a", 1), ("a", 1), ("a", 1), ("b", 1), ("b", 1)], "a1 b1 a2 b2 a3"),
        ([("a", 1), ("a", 1), ("b", 1), ("c", 1), ("b", 1)], "a1 b1 c1 a2 b2"),
        ([("a", 3), ("a", 3), ("b", 1), ("b", 1), ("b", 1), ("b", 1)], "a1 b1 b2 b3 a2 b4"),
        ([("a", 1), ("b", 9), ("a", 1), ("b", 1)], "a1 b1 a2 b2"),
    ],
)
def test_agents_take_turns_by_cost(pushes: list[tuple[str, float]], order: str) -> None:
    assert drained(queue_of(*pushes)) == order


def test_a_newcomer_does_not_wait_for_others_backlog() -> None:
    queue = queue_of(*[("a", 1.0)] * 100)
    for _ in range(50):
        queue.pop()
    assert queue.ahead_of("a") == 50
    assert queue.ahead_of("b") == 0
    queue.push("b", 1, "b1")
    assert queue.ahead_of("b") == 2
    assert (queue.place_of("a"), queue.place_of("b"), queue.place_of("c")) == (51, 2, 1)
    place = queue.push("b", 1, "b2")
    assert queue.ahead(place) == 2
    assert [queue.pop() for _ in range(4)] == ["b1", "a51", "b2", "a52"]


def test_who_comes_back_at_once_gets_every_other_turn() -> None:
    queue = queue_of(*[("a", 1.0)] * 10)
    served = []
    for _ in range(10):
        if not any(place.user == "b" for place in queue):
            queue.push("b", 1, "b")
        served.append(queue.pop()[0])
    assert "".join(served) == "abababab" + "ab"


def test_who_leaves_the_queue_keeps_no_debt() -> None:
    queue = queue_of(*[("a", 1.0)] * 3)
    places = [queue.push("b", 1, f"b{number}") for number in range(1, 6)]
    for place in places[:4]:
        assert queue.remove(place)
    assert drained(queue) == "a1 b5 a2 a3"


def test_removing_twice_or_after_its_turn_changes_nothing() -> None:
    queue = queue_of(("a", 1))
    mine = queue.push("b", 1, "b1")
    other = queue.push("b", 1, "b2")
    assert queue.remove(other)
    assert not queue.remove(other)
    assert [queue.pop(), queue.pop()] == ["a1", "b1"]
    assert not queue.remove(mine)
    assert len(queue) == 0


def test_looking_changes_nothing() -> None:
    queue = queue_of(("a", 1), ("a", 2), ("b", 4))
    assert queue.peek() == "a1"
    assert queue.cost == 7
    assert [item for _, item in queue.entries()] == ["a1", "b1", "a2"]
    assert [(place.user, place.cost) for place in queue] == [("a", 1), ("b", 4), ("a", 2)]
    assert len(queue) == 3


def test_an_empty_queue_has_no_next() -> None:
    queue = FairQueue[str]()
    assert not queue
    assert queue.cost == 0
    with pytest.raises(IndexError):
        queue.peek()
    with pytest.raises(IndexError):
        queue.pop()


def test_users_who_left_are_forgotten() -> None:
    queue = FairQueue[int]()
    queue.push("stays", 1, 0)
    for number in range(1000):
        queue.push("stays", 1, number)
        queue.push(f"once {number}", 1, number)
        queue.pop()
        queue.pop()
    assert len(queue._ends) < 50
    while queue:
        queue.remove(next(iter(queue)))
    assert not queue._ends


@given(st.lists(COSTS, min_size=30, max_size=60), st.lists(COSTS, min_size=30, max_size=60))
def test_while_both_wait_neither_gets_more_than_one_call_ahead(
    mine: list[float], yours: list[float]
) -> None:
    queue = queue_of(*[("a", cost) for cost in mine], *[("b", cost) for cost in yours])
    served = {"a": 0.0, "b": 0.0}
    while {place.user for place in queue} == {"a", "b"}:
        first = next(iter(queue))
        served[first.user] += first.cost
        queue.pop()
        assert abs(served["a"] - served["b"]) <= 5.0


class Model(RuleBasedStateMachine):
    """Whatever happens, the place that was told is the place that comes."""

    places = Bundle("places")

    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue[int]()
        self.waiting: dict[int, Waiting[int]] = {}
        self.count = 0

    @rule(target=places, user=USERS, cost=COSTS)
    def push(self, user: str, cost: float) -> Waiting[int]:
        foretold = self.queue.ahead_of(user)
        self.count += 1
        place = self.queue.push(user, cost, self.count)
        self.waiting[self.count] = place
        assert self.queue.ahead(place) == foretold
        return place

    @rule()
    def pop(self) -> None:
        if self.waiting:
            item = self.queue.peek()
            assert self.queue.pop() == item
            del self.waiting[item]

    @rule(place=consumes(places))
    def remove(self, place: Waiting[int]) -> None:
        waited = self.waiting.pop(place.item, None) is not None
        assert self.queue.remove(place) == waited

    @invariant()
    def what_is_ahead_adds_up(self) -> None:
        passed = 0.0
        latest: dict[str, int] = {}
        for place, item in self.queue.entries():
            assert self.queue.ahead(place) == passed
            assert self.waiting[item] is place
            assert latest.get(place.user, 0) < item
            latest[place.user] = item
            passed += place.cost
        assert passed == self.queue.cost
        assert len(self.queue) == len(self.waiting)


TestModel = Model.TestCase
