"""The judge itself: each kind of violation, forged, is found; what only looks like one is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.history import Dead, Got, Happened, History, Joined, Sent
from tests.faults.hostile import CASES
from tests.faults.oracle import LATE, STARVED, STEADY, judge
from tests.faults.stub import Seen

ACT = Sent(1, 0, "twilio.send_message", "unsafe", True, 10.0, True, 1)
READ = Sent(2, 0, "notion.get_page", "safe", False, 10.0, True, 1)
CHANGE = Sent(3, 0, "supabase.upsert", "idempotent", True, 10.0, True, 1)
SHUT_ONE = Sent(4, 0, "unifi.restart_device", "unsafe", True, 10.0, True, 1, 20.0)
REFUSED = Sent(5, 0, "proxmox.reboot_vm", "unsafe", True, 10.0, True, 1, 20.0)
HOSTILE = Sent(6, 0, "notion.get_page", "safe", False, 10.0, True, 1, None, "not JSON")
BURIED = Sent(7, 3, "notion.get_page", "safe", False, 10.0, True, 1, None, "laundered")
KILLED = Happened("F11-1", "F11", 10.5, 14.0, 10.5, {"hub": "a"})


def ok(token: int, at: float = 11.0, counter: int = 7, digest: str = "d") -> Got:
    return Got(token, at, "ok", "sent", "live", digest, counter)


def no(token: int, code: str, outcome: str, at: float = 11.0, digest: str = "n") -> Got:
    return Got(token, at, code, outcome, "live", digest, -1)


def call(token: int, at: float = 10.9, how: str = "ok", counter: int = 7) -> Seen:
    upstream = {1: "twilio/api", 2: "notion/api", 3: "supabase/rest"}.get(token, "notion/api")
    return Seen(at, upstream, "POST", token, counter, how)


def good() -> History:
    """Everything that a run without a flaw has."""
    return History(
        sent=[ACT, READ, CHANGE, SHUT_ONE, REFUSED, HOSTILE, BURIED],
        got=[
            ok(1),
            ok(2),
            ok(3),
            no(4, "outcome_unknown", "unknown"),
            no(5, "upstream_unavailable", "not_sent"),
            no(6, "invalid_request", "not_sent"),
        ],
        calls=[call(1), call(2), call(3)],
        dead=[Dead(7, "forbidden_header", "notion.get_page")],
        joined=[Joined("a", 1.0)],
        left={"hub.requests.notion": 0},
        began=5.0,
    )


def broken(history: History) -> dict[str, int]:
    return {name: len(found) for name, found in judge(history).broken.items() if found}


def with_got(*more: Got, but: int = 0) -> History:
    history = good()
    return replace(history, got=[one for one in history.got if one.token != but] + [*more])


def with_calls(*more: Seen, but: int = 0) -> History:
    history = good()
    return replace(history, calls=[one for one in history.calls if one.token != but] + [*more])


def sent(changed: Sent) -> History:
    history = good()
    return replace(
        history, sent=[changed if one.token == changed.token else one for one in history.sent]
    )


BROKEN: dict[str, tuple[Callable[[], History], str]] = {
    "no reply": (lambda: with_got(but=2), "lost"),
    "no grave": (lambda: replace(good(), dead=[]), "lost"),
    "a grave for no reason": (
        lambda: replace(good(), dead=[*good().dead, Dead(1, "internal", "k")]),
        "unexplained dead letters",
    ),
    "a grave for another reason": (
        lambda: replace(good(), dead=[Dead(7, "internal", "k")]),
        "unexplained dead letters",
    ),
    "a stranger's grave": (
        lambda: replace(good(), dead=[*good().dead, Dead(-1, "internal", "k")]),
        "unexplained dead letters",
    ),
    "its queue was never deleted": (
        lambda: replace(good(), dead=[*good().dead, Dead(1, "reply_unroutable", "k")]),
        "unexplained dead letters",
    ),
    "sent twice": (lambda: with_calls(call(1, 10.95, counter=8)), "second unsafe calls"),
    "sent again after 503": (
        lambda: with_calls(call(1, 10.8, "503", 6)),
        "second unsafe calls",
    ),
    "two replies": (lambda: with_got(ok(1, 12.0, digest="e")), "conflicting replies"),
    "a failure after success": (
        lambda: with_got(no(3, "upstream_unavailable", "sent", 12.0)),
        "conflicting replies",
    ),
    "not sent, but it was": (
        lambda: with_got(no(3, "upstream_unavailable", "not_sent"), but=3),
        "misclassified outcomes",
    ),
    "a read that was sent": (
        lambda: with_got(no(2, "circuit_open", "not_sent"), but=2),
        "misclassified outcomes",
    ),
    "sent, but nothing arrived": (
        lambda: replace(with_got(no(3, "upstream_unavailable", "sent"), but=3), calls=[]),
        "misclassified outcomes",
    ),
    "unknown, where nobody listens": (
        lambda: with_got(no(5, "outcome_unknown", "unknown"), but=5),
        "misclassified outcomes",
    ),
    "an answer that nobody gave": (lambda: with_calls(but=1), "misclassified outcomes"),
    "another answer": (
        lambda: with_calls(call(1, counter=9), but=1),
        "misclassified outcomes",
    ),
    "after its deadline": (
        lambda: sent(ACT._replace(deadline=10.9 - LATE - 0.1)),
        "calls after the deadline",
    ),
    "hostile, and called": (lambda: with_calls(call(6)), "hostile requests let through"),
    "hostile, and answered": (lambda: with_got(ok(7)), "hostile requests let through"),
    "hostile, wrongly named": (
        lambda: with_got(no(6, "expired", "not_sent"), but=6),
        "hostile requests let through",
    ),
    "a bug": (lambda: with_got(no(2, "internal", "unknown"), but=2), "unexplained failures"),
    "unknown for no reason": (
        lambda: with_got(no(1, "outcome_unknown", "unknown"), but=1),
        "unexplained failures",
    ),
    "expired without a deadline": (
        lambda: with_got(no(2, "expired", "sent"), but=2),
        "unexplained failures",
    ),
    "a connection lost": (
        lambda: replace(good(), joined=[Joined("b", 30.0)] * (STARVED + 1)),
        "disconnects caused by content",
    ),
    "something left": (
        lambda: replace(good(), left={"hub.requests.notion": 1}),
        "messages left in queues",
    ),
}


def test_a_good_run_is_good() -> None:
    assert broken(good()) == {}
    assert judge(good()).good


@pytest.mark.parametrize("case", BROKEN)
def test_every_violation_is_found(case: str) -> None:
    history, promise = BROKEN[case]
    assert promise in broken(history())
    assert not judge(history()).good


EXCUSED: dict[str, Callable[[], History]] = {
    "throttled, then sent": lambda: with_calls(call(1, 10.8, "throttled", 6)),
    "a read twice, with two answers": lambda: with_got(ok(2, 12.0, digest="e")),
    "the same reply twice": lambda: with_got(ok(1, 12.0)),
    "an unknown publish": lambda: replace(
        with_got(but=2), sent=[one._replace(confirmed=one.token != 2) for one in good().sent]
    ),
    "unknown, for its hub was killed": lambda: replace(
        with_got(no(1, "outcome_unknown", "unknown"), but=1), faults=[KILLED]
    ),
    "unknown, for the vendor cut it": lambda: replace(
        with_got(no(1, "outcome_unknown", "unknown"), but=1),
        calls=[call(1, how="reset"), call(2), call(3)],
    ),
    "unknown, for its deadline cut it off": lambda: replace(
        with_got(no(1, "outcome_unknown", "unknown"), but=1),
        sent=[one._replace(deadline=10.95) if one.token == 1 else one for one in good().sent],
    ),
    "unknown, for its owner stood still": lambda: replace(
        with_got(no(1, "outcome_unknown", "unknown", 13.0), but=1),
        calls=[
            *(call(9, at)._replace(upstream="twilio/api") for at in (10.5, 12.9)),
            call(2),
            call(3),
        ],
    ),
    "a connection after a kill": lambda: replace(
        good(), joined=[Joined("a", 15.0)], faults=[KILLED]
    ),
    "its queue was deleted": lambda: replace(
        good(),
        dead=[*good().dead, Dead(1, "reply_unroutable", "k")],
        faults=[Happened("F9-1", "F9", 10.5, 12.0, 10.5, {"agent": 0})],
    ),
    "a deadline that passed": lambda: replace(
        with_got(no(2, "expired", "not_sent"), but=2),
        calls=[call(1), call(3)],
        sent=[one._replace(deadline=10.8) if one.token == 2 else one for one in good().sent],
    ),
}


@pytest.mark.parametrize("case", EXCUSED)
def test_what_only_looks_like_one_is_none(case: str) -> None:
    assert broken(EXCUSED[case]()) == {}


def test_a_limit_is_judged_over_all_hubs() -> None:
    history, tokens = good(), range(100, 220)
    history.sent += [READ._replace(token=one, operation="mindex.get_taxon") for one in tokens]
    fast = [Seen(50 + one / 30, "mindex/api", "GET", one, 7, "ok") for one in tokens]
    history.got += [ok(call.token, call.at + 0.1)._replace(upstream=0.01) for call in fast]
    assert "limit violations" in broken(replace(history, calls=[*history.calls, *fast]))
    slow = [one._replace(at=one.at * 1.5 - 26) for one in fast]
    history.got[-len(fast) :] = [ok(one.token, one.at + 0.1) for one in slow]
    assert broken(replace(history, calls=[*history.calls, *slow])) == {}


def test_a_recovery_counts_until_all_vendors_are_called_again() -> None:
    history = good()
    for place, vendor in enumerate(STEADY):
        token, at = 100 + place, 12.0 + place
        history.sent.append(ACT._replace(token=token, operation=f"{vendor}.x", began=at))
        history.calls.append(Seen(at, f"{vendor}/api", "POST", token, 9, "ok"))
        history.got.append(ok(token, at + 0.5, counter=9))
    history.faults.append(KILLED._replace(since=11.5))
    assert judge(history).recovery == {"F11-1": 3.0}


def test_every_hostile_case_has_its_end() -> None:
    assert {case.answered for case in CASES.values()} == {True, False}


def test_a_history_comes_back_as_it_was(tmp_path: Any) -> None:  # noqa: ANN401
    history = good()
    history.faults.append(KILLED)
    history.save(tmp_path)
    assert History.load(tmp_path) == history
