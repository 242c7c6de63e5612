import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.answer import Answer
from service.records import ClaimLost, Key, Taken
from service.store import KEPT, Store

KEY = Key("alice", "r-1")
PRINT = b"1" * 32
GOOD = Answer(True, b'{"sid":1}', attempts=1)
BAD = Answer(False, b"{}", attempts=1)
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
async def store(tmp_path: Path, wall: Wall) -> AsyncIterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/calls.sqlite3", wall)
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


async def test_a_restart_forgets_nothing(tmp_path: Path, wall: Wall) -> None:
    url = f"sqlite:///{tmp_path}/other.sqlite3"
    first = Store(url, wall)
    taken = await claim(first)
    assert taken.claim
    await first.done(taken.claim, GOOD)
    await first.aclose()
    second = Store(url, wall)
    assert second.store_id == first.store_id
    assert (await claim(second)).answer
    await second.aclose()


async def test_a_day_later_it_is_forgotten(store: Store, wall: Wall) -> None:
    taken = await claim(store)
    assert taken.claim
    await store.done(taken.claim, GOOD)
    wall.at += KEPT + 1
    await claim(store, Key("bob", "r-2"))  # any write sweeps
    assert (await claim(store)).claim


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
