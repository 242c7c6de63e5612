"""The door: in turn, under limits and breaker, in time; time is a clock that never waits."""

import asyncio

import pytest

from clients._breaker import Breaker
from clients._call import Call
from clients._exit import Entry
from clients._gate import EARLY, Gate, HandedBack
from clients._limits import Bucket, Rate
from contracts import CircuitOpen, Expired, WouldMissDeadline
from tests.support.clock import QuickClock
from tests.support.wait import wait_until

ONE_A_SECOND = Rate(1, per=1, burst=1)


def gate_of(*rates: Rate, concurrency: int | None = None, failures: int = 5) -> Gate:
    """A gate on its own clock, which stands at 1000 s."""
    return Gate(Bucket(rates, concurrency), Breaker(failures, pause=30), QuickClock())


def clock_of(gate: Gate) -> QuickClock:
    """Its clock."""
    assert isinstance(gate._clock, QuickClock)
    return gate._clock


def down(gate: Gate) -> Gate:
    """Open the breaker: the upstream failed just now."""
    gate.breaker.failed(gate.breaker.admit(1000.0), 1000.0)
    return gate


async def go(gate: Gate, call: Call) -> Entry:
    """Enter, and leave as soon as that is allowed."""
    entry = await gate.enter(call)
    assert await gate.depart(entry)
    return entry


async def waiting(gate: Gate, call: Call) -> "asyncio.Task[Entry]":
    """A call that stands in the queue."""
    before = len(gate)
    task = asyncio.create_task(go(gate, call))
    await asyncio.sleep(0)
    assert len(gate) == before + 1
    return task


class TestLimits:
    async def test_it_lets_through_what_the_bucket_allows(self) -> None:
        gate = gate_of(Rate(1, per=1, burst=2))
        call = Call(timeout=30)
        entry = await go(gate, call)
        assert (entry.until, call.tokens_left, call.waited) == (1030, 1, 0)
        gate.leave(entry)

    async def test_who_waits_is_let_through_in_time(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        calls = [Call() for _ in range(4)]
        await asyncio.gather(*(go(gate, call) for call in calls))
        assert [round(call.waited, 3) for call in calls] == [0, 1, 2, 3]
        assert len(gate) == 0

    async def test_agents_take_turns(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        order: list[str] = []

        async def ask(user: str) -> None:
            await go(gate, Call(user=user))
            order.append(user)

        await asyncio.gather(*(ask(user) for user in ["first", "a", "a", "a", "b"]))
        assert order == ["first", "a", "b", "a", "a"]

    async def test_a_slot_is_free_when_its_call_leaves(self) -> None:
        gate = gate_of(concurrency=1)
        entry = await go(gate, Call())
        task = await waiting(gate, Call())
        gate.leave(entry)
        assert (await task).until == 1030
        assert clock_of(gate).passed == 0

    async def test_a_slot_is_free_at_the_latest_when_its_call_has_to_be_over(self) -> None:
        gate = gate_of(concurrency=1)
        await go(gate, Call(timeout=5))
        await go(gate, Call())
        assert clock_of(gate).passed == pytest.approx(5, abs=0.01)

    async def test_no_token_is_spent_while_all_connections_are_busy(self) -> None:
        gate = Gate(Bucket([Rate(1, per=1, burst=9)]), Breaker(), QuickClock(), connections=2)
        entries = [await go(gate, Call()) for _ in range(2)]
        task = await waiting(gate, Call())
        hasty = await waiting(gate, Call(deadline=1003.0))
        with pytest.raises(Expired):
            await hasty
        assert gate.bucket.left(1003.0) == 9
        gate.leave(entries[0])
        gate.leave(await task)
        assert clock_of(gate).passed == pytest.approx(3)

    async def test_a_pause_holds_everyone(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        gate.pause(7)
        await go(gate, Call())
        assert clock_of(gate).passed == pytest.approx(7, abs=0.01)

    async def test_it_tells_how_long_it_takes(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        told: list[tuple[int, float]] = []
        assert gate.eta() == 0
        await go(gate, Call())
        tasks = [
            asyncio.create_task(go(gate, Call(on_wait=lambda *said: told.append(said))))
            for _ in range(3)
        ]
        await asyncio.sleep(0)
        assert told == [(0, 1), (1, 2), (2, 3)]
        assert gate.eta() == 4
        await asyncio.gather(*tasks)

    async def test_the_place_it_tells_is_in_the_agents_order(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        told: list[tuple[int, float]] = []
        await go(gate, Call(user="a"))
        tasks = [await waiting(gate, Call(user="a")) for _ in range(5)]
        tasks.append(await waiting(gate, Call(user="b", on_wait=lambda *said: told.append(said))))
        assert told == [(1, 2)]
        await asyncio.gather(*tasks)


class TestDeadlines:
    async def test_what_would_come_too_late_is_refused_at_once(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        task = await waiting(gate, Call())
        with pytest.raises(WouldMissDeadline, match=r"allows it in 2\.0 s") as caught:
            await go(gate, Call(deadline=1001.5))
        assert caught.value.facts.retry_after == pytest.approx(2)
        await task

    async def test_what_can_never_go_is_refused(self) -> None:
        with pytest.raises(WouldMissDeadline, match="smaller than the cost"):
            await go(gate_of(ONE_A_SECOND), Call(cost=2))

    async def test_what_is_over_is_not_let_in(self) -> None:
        gate = gate_of()
        for call in (Call(deadline=1000.0), Call(ends=999.0)):
            with pytest.raises(Expired, match="before the request could be sent"):
                await go(gate, call)

    async def test_who_waits_past_its_last_moment_is_told_then(self) -> None:
        gate = gate_of(concurrency=1)
        await go(gate, Call(timeout=60))
        with pytest.raises(Expired, match="while the request waited"):
            await go(gate, Call(deadline=1003.0))
        assert clock_of(gate).passed == pytest.approx(3)
        assert len(gate) == 0

    async def test_a_pause_tells_who_cannot_wait_that_long(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        patient, hasty = Call(), Call(deadline=1005.0)
        tasks = [await waiting(gate, hasty), await waiting(gate, patient)]
        gate.pause(10)
        with pytest.raises(WouldMissDeadline):
            await tasks[0]
        await tasks[1]
        assert patient.waited == pytest.approx(10, abs=0.01)

    async def test_who_was_let_in_and_is_late_does_not_leave(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        entry = await gate.enter(Call(deadline=1001.0))
        clock_of(gate).advance(2)
        assert not await gate.depart(entry)
        assert gate.bucket.left(clock_of(gate).now()) == 1

    async def test_what_would_be_let_in_early_and_leave_late_is_refused(self) -> None:
        gate = gate_of(Rate(5, per=1, burst=1))
        await go(gate, Call())
        with pytest.raises(WouldMissDeadline):
            await gate.enter(Call(deadline=1000.1))


class TestBreaker:
    async def test_who_cannot_wait_is_told_that_it_is_down(self) -> None:
        gate = down(gate_of(failures=1))
        with pytest.raises(CircuitOpen, match=r"the next try is in 30\.0 s") as caught:
            await go(gate, Call(deadline=1010.0))
        assert caught.value.facts.retry_after == pytest.approx(30)

    async def test_who_can_waits_for_the_next_try(self) -> None:
        gate = down(gate_of(failures=1))
        entry = await go(gate, Call())
        assert clock_of(gate).passed == pytest.approx(30)
        states = [gate.breaker.state]
        entry.well = True
        gate.leave(entry)
        assert [*states, gate.breaker.state] == ["half_open", "closed"]

    async def test_a_failure_that_opens_it_is_told_to_who_waits(self) -> None:
        gate = gate_of(concurrency=1, failures=1)
        entry = await go(gate, Call())
        hasty, patient = (
            await waiting(gate, Call(deadline=1005.0)),
            await waiting(gate, Call()),
        )
        entry.well = False
        gate.leave(entry)
        with pytest.raises(CircuitOpen):
            await hasty
        assert (await patient).until == pytest.approx(1060)

    async def test_an_attempt_that_tells_nothing_leaves_the_next_try_to_another(self) -> None:
        gate = down(gate_of(failures=1))
        gate.leave(await go(gate, Call()))
        assert gate.breaker.state == "open"
        assert (await go(gate, Call())).turn

    async def test_no_token_no_try(self) -> None:
        gate = down(gate_of(ONE_A_SECOND, failures=1))
        gate.pause(40)
        await go(gate, Call())
        assert clock_of(gate).passed == pytest.approx(40, abs=0.01)


class TestLeaving:
    async def test_who_is_let_in_early_leaves_when_its_token_is_there(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        entry = await gate.enter(Call())
        assert clock_of(gate).passed == pytest.approx(1 - EARLY, abs=0.01)
        assert await gate.depart(entry)
        assert clock_of(gate).passed == pytest.approx(1, abs=0.01)

    async def test_who_was_held_up_together_does_not_leave_together(self) -> None:
        gate = gate_of(Rate(10, per=1, burst=2))
        held_up = [await gate.enter(Call()) for _ in range(4)]
        clock_of(gate).advance(5)
        gone = [clock_of(gate).now() for one in held_up if await gate.depart(one)]
        assert [round(at - gone[0], 2) for at in gone] == [0, 0, 0.1, 0.2]

    async def test_who_is_ready_first_leaves_first(self) -> None:
        gate = gate_of(Rate(10, per=1, burst=1))
        first, second, third = [await gate.enter(Call()) for _ in range(3)]
        assert await gate.depart(second)
        order: list[Entry] = []

        async def leave(entry: Entry) -> None:
            assert await gate.depart(entry)
            order.append(entry)

        await asyncio.gather(leave(third), leave(first))
        assert order == [third, first]

    async def test_a_pause_sends_back_who_was_ready(self) -> None:
        gate = gate_of(Rate(10, per=1, burst=1))
        await go(gate, Call())
        task = asyncio.create_task(gate.depart(await gate.enter(Call())))
        await asyncio.sleep(0)
        gate.pause(7)
        assert not await task

    async def test_closed_nobody_leaves(self) -> None:
        gate = gate_of(Rate(10, per=1, burst=1))
        await go(gate, Call())
        late, ready = await gate.enter(Call()), await gate.enter(Call())
        task = asyncio.create_task(gate.depart(ready))
        await asyncio.sleep(0)
        gate.close()
        assert not await task
        assert not await gate.depart(late)

    async def test_who_does_not_leave_costs_nothing(self) -> None:
        gate = gate_of(Rate(1, per=1, burst=2), concurrency=2)
        entries = [await gate.enter(Call()) for _ in range(2)]
        for entry in entries:
            gate.leave(entry)
        assert gate.bucket.left(1000.0) == 2
        assert not gate.busy

    async def test_who_goes_away_while_ready_makes_room_for_the_next(self) -> None:
        gate = gate_of(Rate(10, per=1, burst=1))
        await go(gate, Call())
        gone, stays = await gate.enter(Call()), await gate.enter(Call())
        first = asyncio.create_task(gate.depart(gone))
        second = asyncio.create_task(gate.depart(stays))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])
        gate.leave(gone)
        assert await second
        assert clock_of(gate).passed == pytest.approx(0.1, abs=0.01)


class TestOwnership:
    async def test_without_a_reservation_the_owner_is_asked(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        gate.bucket.revoke()
        asked: list[float] = []

        def starved() -> None:
            asked.append(gate.wanted())
            plan = gate.bucket.plan(1000.0, 0.0, 1.0)
            gate.bucket.confirm(plan)
            asyncio.get_running_loop().call_soon(gate.pump)

        gate.starved = starved
        await go(gate, Call())
        assert asked == [1]

    async def test_it_wants_what_waits_and_what_went(self) -> None:
        gate = gate_of(Rate(1, per=1, burst=2))
        busy = [gate.busy]
        await go(gate, Call())
        busy.append(gate.busy)
        assert (gate.wanted(), gate.wanted()) == (3, 0)
        busy.append(gate.busy)
        await go(gate, Call())
        task = await waiting(gate, Call())
        assert gate.wanted() == 4
        assert [*busy, gate.busy] == [False, True, False, True]
        await task

    async def test_closed_it_hands_back(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        task = await waiting(gate, Call())
        gate.close()
        with pytest.raises(HandedBack):
            await task
        with pytest.raises(HandedBack):
            await go(gate, Call())
        gate.open()
        await go(gate, Call())
        assert len(gate) == 0

    async def test_what_has_acted_waits_until_it_opens_again(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        acted = await waiting(gate, Call(doubt=True, sent=True))
        read = await waiting(gate, Call(sent=True))
        gate.close()
        with pytest.raises(HandedBack):
            await read
        late = await waiting(gate, Call(doubt=True, sent=True))
        clock_of(gate).advance(60)
        assert [acted.done(), late.done()] == [False, False]
        gate.open()
        await acted
        await late
        assert len(gate) == 0

    async def test_what_has_acted_does_not_wait_for_ever(self) -> None:
        gate = gate_of()
        gate.close()
        acted = await waiting(gate, Call(doubt=True, sent=True, ends=1030.0))
        with pytest.raises(Expired):
            await acted

    async def test_what_nobody_wants_any_more_is_handed_back(self) -> None:
        gate, full = gate_of(concurrency=1), [False]
        first = await gate.enter(Call())
        waits = asyncio.create_task(gate.enter(Call(unwanted=lambda: full[0])))
        await wait_until(lambda: len(gate) == 1)
        full[0] = True
        gate.leave(first)
        entry = await waits
        assert not await gate.depart(entry)
        gate.leave(entry)
        with pytest.raises(HandedBack):
            await gate.enter(Call(unwanted=lambda: full[0]))
        await go(gate, Call(unwanted=lambda: full[0], sent=True))

    async def test_what_is_recalled_is_handed_back_unless_it_has_left(self) -> None:
        gate = gate_of(concurrency=1)
        recall = asyncio.get_running_loop().create_future()
        inside = await gate.enter(Call(recall=recall))
        waits = await waiting(gate, Call(recall=recall))
        repeats = await waiting(gate, Call(recall=recall, sent=True))
        stays = await waiting(gate, Call())
        recall.set_result(None)
        with pytest.raises(HandedBack):
            await waits
        with pytest.raises(HandedBack):
            await gate.enter(Call(recall=recall))
        assert not await gate.depart(inside)
        gate.leave(inside)
        gate.leave(await repeats)
        gate.leave(await stays)
        assert len(gate) == 0

    async def test_who_has_expired_is_not_handed_back_as_well(self) -> None:
        gate = gate_of(concurrency=1)
        await go(gate, Call(timeout=60))
        task = await waiting(gate, Call(deadline=1001.0))
        clock_of(gate).advance(2)
        gate.close()
        with pytest.raises(Expired):
            await task

    async def test_closing_what_nobody_waits_for_does_nothing(self) -> None:
        gate = gate_of()
        gate.close()
        assert len(gate) == 0


class TestCancelling:
    async def test_who_goes_away_leaves_no_trace(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        gone = await waiting(gate, Call())
        stays = await waiting(gate, Call())
        gone.cancel()
        await stays
        assert clock_of(gate).passed == pytest.approx(1, abs=0.01)
        assert gone.cancelled()

    async def test_who_goes_away_when_let_through_gives_its_slot_back(self) -> None:
        gate = gate_of(concurrency=1)
        entry = await go(gate, Call())
        gone = await waiting(gate, Call())
        stays = await waiting(gate, Call())
        gate.leave(entry)
        gone.cancel()
        assert (await stays).turn
        assert gone.cancelled()
        assert clock_of(gate).passed == 0

    async def test_who_goes_away_when_refused_just_goes(self) -> None:
        gate = gate_of(ONE_A_SECOND)
        await go(gate, Call())
        gone = await waiting(gate, Call())
        gate.close()
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
