from dataclasses import replace
from typing import Any

import pytest

from contracts import Expired, Facts, Failure, InvalidRequest, Names, OutcomeUnknown
from service.answer import Answer, failed
from service.ask import Ask, Understanding, fingerprint
from service.dead.letter import Letter
from service.dead.verdict import Judge, Verdict, again, judged
from service.envelope import Reader
from service.permission.access import Access, Grant
from service.record.records import KEPT, Known
from tests.unit.service.test_stray import OPERATIONS

NOW = 1_769_860_800.0  # 2026-01-31T12:00:00Z
HUB = "hub"
OPEN = Reader(Names(), own_user=HUB)
CLOSED = Reader(Names(), identified=True, own_user=HUB)
MAKE = fingerprint("shop.make_thing", {})
DONE = Answer(ok=True, body=b"{}")


def letter(**but: Any) -> Letter:  # noqa: ANN401
    made = Letter(
        id="l-1",
        at="2026-01-31T11:00:00Z",
        operation="shop.make_thing",
        user="alice",
        reason="reply_unroutable",
        detail="",
        outcome="ok",
        message_id="m-1",
        request_id="r-1",
        correlation_id="c-1",
        reply_to="hub.replies.alice",
        carried={"traceparent": "00-1-2-01"},
        body=b"{}",
    )
    return replace(made, **but)


def judge(reader: Reader = OPEN, access: Access | None = None) -> Judge:
    return Judge(reader, {"shop": Understanding(OPERATIONS, reader, access or Access())})


def understood(one: Letter, by: Judge | None = None) -> Ask | Verdict:
    return (by or judge()).understood(one, again(one, HUB, one.reply_to))


def asked(one: Letter) -> Ask:
    ask = understood(one)
    assert isinstance(ask, Ask)
    return ask


def verdict(known: Known | None, **but: Any) -> Verdict:  # noqa: ANN401
    return judged(letter(**but), asked(letter(**but)), known, NOW)


def known(state: str, answer: Answer | None = None, mark: bytes = MAKE) -> Known:
    return Known(state, mark, answer)


def test_it_is_asked_again_for_who_asked_first_under_the_same_id() -> None:
    one = letter()
    ask = asked(one)
    assert (ask.key.user, ask.key.request_id, ask.fingerprint) == ("alice", "r-1", MAKE)
    assert ask.envelope.reply_to == "hub.replies.alice"
    assert ask.envelope.correlation_id == "c-1"
    assert ask.envelope.trace == one.carried
    assert ask.envelope.expires is None
    assert again(one, HUB, None).properties.user_id == HUB


@pytest.mark.parametrize("user", ["alice", "-", "cli:root", "http", "al.ice"])
def test_whoever_asked_is_asked_for(user: str) -> None:
    assert asked(letter(user=user, reply_to=None)).key.user == user


@pytest.mark.parametrize(
    ("reader", "reply_to", "allowed"),
    [
        (OPEN, "hub.replies.alice", True),
        (CLOSED, "hub.replies.alice.word", True),
        (CLOSED, "hub.replies.bob", False),
        (OPEN, "hub.requests.shop", False),
        (OPEN, "amq.gen-1", True),
    ],
)
def test_the_reply_goes_where_the_asker_may_hear_it(
    reader: Reader, reply_to: str, allowed: bool
) -> None:
    assert judge(reader).may_reply(again(letter(), HUB, reply_to)) is allowed


@pytest.mark.parametrize(
    ("but", "code", "says"),
    [
        ({"reason": "forbidden_header"}, "", "never replayed. Find the queue"),
        ({"reason": "reply_to_forbidden"}, "", "never replayed. Have the asker name"),
        ({"reason": "undecodable_property"}, "", "never replayed"),
        ({"reason": "of_next_year"}, "", "No hub of this version wrote it"),
        ({"outcome": "outcome_unknown"}, "outcome_unknown", "may or may not have happened"),
        ({"operation": "shop.gone"}, "", "would be refused today: There is no operation"),
        ({"operation": "nowhere.x"}, "", "would be refused today: There is no"),
        ({"body": b'{"odd": 1}'}, "", "odd: It takes no parameter"),
        ({"reply_to": "hub.dead-letters"}, "", "would be refused today: 'hub.dead-letters'"),
    ],
)
def test_what_is_refused_whatever_the_record_says(
    but: dict[str, Any], code: str, says: str
) -> None:
    found = understood(letter(**but))
    assert isinstance(found, Verdict)
    assert (found.will, found.code) == ("refuse", code)
    assert says in found.sentence


def test_todays_rights_count() -> None:
    access = Access({"alice": Grant(operations=("shop.get_thing",))})
    found = understood(letter(), judge(CLOSED, access))
    assert isinstance(found, Verdict)
    assert "does not allow 'alice'" in found.sentence


def outcome(failure: Failure) -> Known:
    return known("done", failed(failure, "shop.make_thing"))


@pytest.mark.parametrize(
    ("record", "but", "will", "says"),
    [
        (known("done", DONE), {}, "deliver", "kept result"),
        (outcome(InvalidRequest("x")), {}, "deliver", "kept failure, invalid_request"),
        (known("done", DONE), {"reason": "internal"}, "deliver", "nothing is called"),
        (outcome(OutcomeUnknown()), {}, "refuse", "could do it twice"),
        (outcome(Expired("x", Facts(outcome="unknown"))), {}, "refuse", "could do it twice"),
        (known("sent"), {}, "refuse", "could do it twice"),
        (known("sent"), {"reason": "internal"}, "refuse", "could do it twice"),
        (known("done", DONE, b"other"), {}, "refuse", "used for another request"),
        (known("claimed"), {}, "call", "within the limit"),
        (known("free"), {}, "call", "within the limit"),
        (known("sandbox"), {}, "call", "within the limit"),
        (None, {}, "refuse", "not on record"),
        (None, {"reason": "internal", "outcome": ""}, "call", "within the limit"),
        (None, {"reason": "reply_refused", "outcome": ""}, "call", "within the limit"),
        (None, {"outcome": "", "at": "2026-01-29T12:00:00Z"}, "refuse", "not on record"),
        (None, {"outcome": "", "at": "soon"}, "refuse", "not on record"),
    ],
)
def test_what_acts_is_never_done_twice(
    record: Known | None, but: dict[str, Any], will: str, says: str
) -> None:
    found = verdict(record, **but)
    assert found.will == will
    assert says in found.sentence
    assert bool(found.code) == ("may or may not" in found.sentence)


def test_what_reads_is_read_again_however_old() -> None:
    old = {"operation": "shop.get_thing", "at": "2020-01-01T00:00:00Z"}
    reading = fingerprint("shop.get_thing", {})
    for record in (None, known("sent", mark=reading), known("claimed", mark=reading)):
        assert verdict(record, **old).will == "call"
    assert verdict(known("done", DONE, reading), **old).will == "deliver"
    assert KEPT < NOW
