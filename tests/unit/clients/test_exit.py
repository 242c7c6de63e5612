"""Who is ready leaves in order, when its tokens are there; who would wait too long goes back."""

import math

from clients._call import Call
from clients._exit import PATIENCE, Entry, Exit, latest
from clients._limits import Bucket, Rate


class Asked:
    """Counts how often the lease was asked for more."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def exit_of(*rates: Rate, concurrency: int | None = None) -> tuple[Exit, Bucket, Asked]:
    bucket, asked = Bucket(rates, concurrency), Asked()
    return Exit(bucket, asked), bucket, asked


def let_in(way_out: Exit, call: Call | None = None) -> Entry:
    entry = Entry(call or Call(), turn=1)
    way_out.expect(entry)
    return entry


def test_an_attempt_is_over_by_the_nearest_of_its_ends() -> None:
    assert latest(Call(timeout=5), 10.0) == 15
    assert latest(Call(timeout=5, deadline=12.0), 10.0) == 12
    assert latest(Call(timeout=5, deadline=12.0, ends=11.0), 10.0) == 11


async def test_it_counts_who_is_inside_and_what_they_owe() -> None:
    way_out, bucket, _ = exit_of(Rate(1, per=1, burst=5))
    one, two = let_in(way_out, Call(cost=2)), let_in(way_out)
    assert (way_out.inside, way_out.owed, way_out.spent) == (2, 3, 0)
    assert way_out.pay(one, 10.0)
    way_out.forget(two)
    assert (way_out.inside, way_out.owed, way_out.spent) == (0, 0, 2)
    assert (one.until, one.call.tokens_left, bucket.left(10.0)) == (40, 3, 3)


async def test_they_leave_in_order() -> None:
    way_out, *_ = exit_of(Rate(1, per=1, burst=1))
    futures = [way_out.stand(let_in(way_out)) for _ in range(2)]
    way_out.pump(10.0)
    assert [one.done() for one in futures] == [True, False]
    assert way_out.nap(10.0) == 1
    way_out.pump(11.0)
    assert futures[1].result() is True
    assert (len(way_out), way_out.nap(11.0)) == (0, math.inf)


async def test_who_has_gone_away_holds_up_nobody() -> None:
    way_out, *_ = exit_of(Rate(1, per=1, burst=1))
    gone, stays = (way_out.stand(let_in(way_out)) for _ in range(2))
    gone.cancel()
    way_out.pump(10.0)
    assert stays.result() is True


async def test_without_a_reservation_the_lease_is_asked() -> None:
    way_out, bucket, asked = exit_of(Rate(1, per=1, burst=1))
    bucket.revoke()
    ready = way_out.stand(let_in(way_out))
    way_out.pump(10.0)
    assert way_out.nap(10.0) == math.inf
    assert (asked.times, ready.done()) == (1, False)


async def test_who_would_wait_for_long_is_sent_back() -> None:
    for rates, cap in (([Rate(1, per=60, burst=1)], None), ([], 1)):
        way_out, *_ = exit_of(*rates, concurrency=cap)
        assert way_out.pay(let_in(way_out), 10.0)
        ready = way_out.stand(let_in(way_out))
        assert way_out.nap(10.0) == math.inf
        assert ready.result() is False
    assert PATIENCE < 30
