import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

from contracts import Expired, OutcomeUnknown, UpstreamRejected
from service.answer import Answer, failed
from service.record.records import KEPT, ClaimLost, Key, Known, LastWord, NotOpened, Taken
from service.record.store import KEPT_UNHEARD, Store
from service.window import LONGEST_HELD

KEY = Key("alice", "r-1")
PRINT = b"1" * 32
GOOD = Answer(True, b'{"sid":1}', attempts=1)
BAD = failed(UpstreamRejected("no"), "shop.make_thing")
LATE = failed(Expired("late"), "shop.make_thing")
PLAYED = Answer(True, b'{"sid":0}', served="sandbox", attempts=1)


class Wall:
    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def store(database_url: str, wall: Wall) -> AsyncIterator[Store]:
    made = Store(database_url, wall)
    yield made
    await made.aclose()


async def claim(
    store: Store, key: Key = KEY, fingerprint: bytes = PRINT, sandbox: bool = False
) -> Taken:
    return await store.claim(key, fingerprint, "shop.make_thing", sandbox=sandbox)


async def test_a_call_from_claim_to_outcome(store: Store) -> None:
    taken = await claim(store)
    assert taken.claim
    assert not taken.sent
    await store.sending(taken.claim)
    assert await store.done(taken.claim, GOOD) == GOOD
    again = await claim(store)
    assert again.answer == Answer(True, GOOD.body, served="replay")
    assert again.claim is None


async def test_a_look_changes_nothing_and_says_how_far_it_came(store: Store) -> None:
    states = [await store.look(KEY)]
    taken = await claim(store)
    assert taken.claim
    states.append(await store.look(KEY))
    await store.sending(taken.claim)
    states.append(await store.look(KEY))
    await store.done(taken.claim, GOOD)
    states.append(await store.look(KEY))
    kept = Answer(True, GOOD.body, served="replay")
    assert states == [
        None,
        Known("claimed", PRINT),
        Known("sent", PRINT),
        Known("done", PRINT, kept),
    ]


async def test_a_look_that_keeps_has_the_outcome_for_as_long_as_if_unheard(
    store: Store, wall: Wall
) -> None:
    for key in (KEY, Key("bob", "r-1")):
        taken = await claim(store, key)
        assert taken.claim
        await store.done(taken.claim, GOOD)
        store.acknowledged(key)
    assert await store.look(KEY, keep=True)
    wall.at += KEPT + 1000
    await claim(store, Key("carol", "r-1"))
    found = [await store.look(one) for one in (KEY, Key("bob", "r-1"))]
    assert [one is not None for one in found] == [True, False]


async def test_what_a_recording_answered_is_told_apart(store: Store) -> None:
    taken = await claim(store, sandbox=True)
    assert taken.claim
    await store.done(taken.claim, PLAYED)
    assert await store.look(KEY) == Known("sandbox", PRINT)


async def test_the_id_belongs_to_one_request_of_one_user(store: Store) -> None:
    await claim(store)
    assert (await claim(store, fingerprint=b"2" * 32)).conflict
    assert (await claim(store, Key("bob", "r-1"), b"2" * 32)).claim


async def test_what_was_not_sent_is_taken_over(store: Store) -> None:
    first, second = await claim(store), await claim(store)
    assert first.claim
    assert second.claim
    assert not second.sent
    with pytest.raises(ClaimLost):
        await store.sending(first.claim)
    await store.sending(second.claim)


async def test_what_may_have_been_sent_says_so(store: Store) -> None:
    first = await claim(store)
    assert first.claim
    await store.sending(first.claim)
    assert (await claim(store)).sent


async def test_what_was_sent_a_moment_ago_is_left_to_who_sent_it(store: Store, wall: Wall) -> None:
    async def look() -> Taken:
        return await store.claim(KEY, PRINT, "shop.make_thing", young=3.0)

    first = await look()
    assert first.claim
    assert (await look()).claim  # nothing was sent yet
    again = await look()
    assert again.claim
    await store.sending(again.claim)
    assert await look() == Taken(sent=True)
    wall.at += 3.0
    late = await look()
    assert late.claim
    assert late.sent
    await store.done(again.claim, GOOD)
    assert (await look()).answer


async def test_what_surely_did_not_happen_is_as_if_never_sent(store: Store) -> None:
    first = await claim(store)
    assert first.claim
    await store.sending(first.claim)
    await store.unsent(first.claim)
    assert not (await claim(store)).sent


async def test_the_first_outcome_counts(store: Store) -> None:
    first, second = await claim(store), await claim(store)
    assert first.claim
    assert second.claim
    await store.done(first.claim, BAD)
    counted = await store.done(second.claim, GOOD)
    assert (counted.ok, counted.body) == (False, BAD.body)
    with pytest.raises(ClaimLost):
        await store.sending(second.claim)


async def test_who_never_sent_it_does_not_say_how_the_next_one_ended(store: Store) -> None:
    """The old owner's refusal comes late: the new one is at the call."""
    first, second = await claim(store), await claim(store)
    assert first.claim
    assert second.claim
    await store.sending(second.claim)
    with pytest.raises(ClaimLost):
        await store.done(first.claim, LATE)
    assert await store.done(second.claim, GOOD) == GOOD
    assert (await store.done(first.claim, LATE)).body == GOOD.body


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
async def test_a_clock_that_jumps_keeps_nobody_waiting(
    store: Store, wall: Wall, jump: float
) -> None:
    taken = await claim(store)
    assert taken.claim
    await store.sending(taken.claim)
    wall.at += jump
    late = await store.claim(KEY, PRINT, "shop.make_thing", young=3.0)
    assert late.claim
    assert late.sent


async def test_a_call_that_may_have_happened_is_never_forgotten(store: Store, wall: Wall) -> None:
    taken = await claim(store)
    assert taken.claim
    await store.sending(taken.claim)
    wall.at += 2 * KEPT_UNHEARD
    await claim(store, Key("bob", "r-2"))
    await claim(store, Key("bob", "r-3"))
    assert (await claim(store)).sent


async def test_a_restart_forgets_nothing(database_url: str, wall: Wall) -> None:
    first = Store(database_url, wall)
    taken = await claim(first)
    assert taken.claim
    await first.done(taken.claim, GOOD)
    await first.aclose()
    second = Store(database_url, wall)
    assert second.store_id == first.store_id
    assert (await claim(second)).answer
    await second.aclose()


async def finish(store: Store, key: Key = KEY) -> None:
    taken = await claim(store, key)
    assert taken.claim
    await store.done(taken.claim, GOOD)


async def test_a_day_after_it_was_acknowledged_it_is_forgotten(store: Store, wall: Wall) -> None:
    await finish(store)
    wall.at += KEPT
    store.acknowledged(KEY)
    await claim(store, Key("bob", "r-2"))  # any write notes it, and sweeps
    assert (await claim(store)).answer
    wall.at += KEPT + 1
    await claim(store, Key("bob", "r-3"))
    assert (await claim(store)).claim


async def test_what_may_be_delivered_again_is_kept_for_a_month(store: Store, wall: Wall) -> None:
    await finish(store)
    wall.at += KEPT + 1  # a pause over the weekend
    await claim(store, Key("bob", "r-2"))
    assert (await claim(store)).answer
    wall.at += KEPT_UNHEARD
    with capture_logs() as logs:
        await claim(store, Key("bob", "r-3"))
    assert (await claim(store)).claim
    found = [one["count"] for one in logs if one["event"] == "outcomes_forgotten_unheard"]
    assert found == [1]


async def test_what_was_acknowledged_stays_done(store: Store) -> None:
    taken = await claim(store)
    assert taken.claim
    await store.done(taken.claim, GOOD)
    store.acknowledged(KEY)
    await claim(store, Key("bob", "r-2"))
    assert (await store.done(taken.claim, BAD)).body == GOOD.body
    with pytest.raises(ClaimLost):
        await store.sending(taken.claim)


async def test_the_end_notes_what_was_acknowledged_last(database_url: str, wall: Wall) -> None:
    first = Store(database_url, wall)
    await finish(first)
    first.acknowledged(KEY)
    await first.aclose()
    second = Store(database_url, wall)
    wall.at += KEPT + 1
    await claim(second, Key("bob", "r-2"))
    assert (await claim(second)).claim
    await second.aclose()


UNKNOWN = failed(OutcomeUnknown("perhaps"), "shop.make_thing")
LAST = LastWord(BAD, UNKNOWN, timeout=30.0)


async def test_a_store_that_cannot_write_says_what_to_look_at(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    store, other = Store(url), create_engine(url)
    assert store.trouble == ""
    store._writer._trouble = "it is full"
    assert store.trouble.startswith("The record of calls cannot be written: it is full. What acts")
    with other.begin() as connection:
        connection.execute(text("UPDATE calls_version SET version_num = '99'"))
    other.dispose()
    await store.aclose()
    with pytest.raises(NotOpened, match="newer hub"):
        Store(url)


async def give_up(store: Store, fingerprint: bytes = PRINT, sandbox: bool = False) -> Taken | None:
    return await store.give_up(KEY, fingerprint, "shop.make_thing", LAST, sandbox=sandbox)


def body(taken: Taken | None) -> bytes:
    assert taken
    assert taken.answer
    return taken.answer.body


async def test_what_nobody_claimed_is_given_up_at_once(store: Store) -> None:
    assert body(await give_up(store)) == BAD.body
    assert body(await claim(store)) == BAD.body


async def test_what_was_handed_back_is_given_up_at_once(store: Store) -> None:
    taken = await claim(store)
    assert taken.claim
    await store.unsent(taken.claim)
    assert body(await give_up(store)) == BAD.body


async def test_what_may_be_under_way_is_left_alone(store: Store, wall: Wall) -> None:
    taken = await claim(store)
    assert await give_up(store) is None
    assert taken.claim
    await store.sending(taken.claim)  # its claim is its own still
    assert await give_up(store) is None
    await store.done(taken.claim, GOOD)
    assert body(await give_up(store)) == GOOD.body
    assert wall.at == 1_000_000.0


async def test_what_can_no_longer_be_under_way_is_given_up(store: Store, wall: Wall) -> None:
    await claim(store)
    wall.at += LONGEST_HELD
    assert body(await give_up(store)) == BAD.body


async def test_what_left_and_never_ended_is_in_doubt(store: Store, wall: Wall) -> None:
    taken = await claim(store)
    assert taken.claim
    await store.sending(taken.claim)
    wall.at += 60
    assert body(await give_up(store)) == UNKNOWN.body


async def test_giving_up_heeds_conflicts_and_recordings(store: Store) -> None:
    await played(store)
    conflict = await give_up(store, b"2" * 32, sandbox=True)
    assert conflict
    assert conflict.conflict
    assert body(await give_up(store, sandbox=True)) == PLAYED.body
    assert body(await give_up(store)) == BAD.body


async def test_a_thousand_at_once(store: Store) -> None:
    async def one(number: int) -> bool:
        taken = await claim(store, Key("alice", str(number)))
        assert taken.claim
        await store.sending(taken.claim)
        return (await store.done(taken.claim, GOOD)).ok

    assert all(await asyncio.gather(*(one(number) for number in range(1000))))


async def test_a_mistake_of_one_does_not_harm_its_neighbours(store: Store) -> None:
    bad = claim(store, Key("alice", "bad"), b"not bytes"[:0] or None)  # type: ignore[arg-type]
    good = [claim(store, Key("alice", str(number))) for number in range(20)]
    found = await asyncio.gather(bad, *good, return_exceptions=True)
    assert isinstance(found[0], Exception)
    assert all(isinstance(one, Taken) and one.claim for one in found[1:])


async def test_many_claims_of_one_key_have_one_winner(store: Store) -> None:
    taken = await asyncio.gather(*(claim(store) for _ in range(50)))
    sent = 0
    for one in taken:
        assert one.claim
        try:
            await store.sending(one.claim)
        except ClaimLost:
            continue
        sent += 1
    assert sent == 1


async def played(store: Store) -> None:
    """A recording answers."""
    taken = await claim(store, sandbox=True)
    assert taken.claim
    await store.sending(taken.claim)
    assert await store.done(taken.claim, PLAYED) == PLAYED


async def test_what_a_recording_answered_is_told_again_as_one(store: Store) -> None:
    await played(store)
    again = await claim(store, sandbox=True)
    assert again.answer == Answer(True, PLAYED.body, served="sandbox")
    assert (await claim(store, fingerprint=b"2" * 32, sandbox=True)).conflict


@pytest.mark.parametrize("fingerprint", [PRINT, b"2" * 32])
async def test_what_a_recording_answered_was_never_done(store: Store, fingerprint: bytes) -> None:
    await played(store)
    live = await claim(store, fingerprint=fingerprint)
    assert live.claim
    assert not live.sent
    await store.sending(live.claim)
    assert (await claim(store, fingerprint=fingerprint)).sent
    await store.done(live.claim, GOOD)
    for sandbox in (False, True):
        again = await claim(store, fingerprint=fingerprint, sandbox=sandbox)
        assert again.answer == Answer(True, GOOD.body, served="replay")


async def test_a_recording_that_comes_late_hides_no_call(store: Store) -> None:
    slow, live = await claim(store, sandbox=True), await claim(store)
    assert slow.claim
    assert live.claim
    await store.sending(live.claim)
    assert await store.done(slow.claim, PLAYED) == PLAYED
    assert (await claim(store, sandbox=True)).sent
    await store.done(live.claim, GOOD)
    assert (await store.done(slow.claim, PLAYED)).body == GOOD.body


async def test_recordings_are_forgotten_too(store: Store, wall: Wall) -> None:
    await played(store)
    wall.at += KEPT + 1
    await claim(store, Key("bob", "r-2"))  # any write sweeps
    assert (await claim(store, sandbox=True)).claim
