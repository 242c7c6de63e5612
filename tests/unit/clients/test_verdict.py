"""What answers mean."""

from typing import get_args

import pytest

from clients import _verdict
from clients._call import Class
from clients._http import HttpResponse, Kind, TransportError
from clients._redact import Redactor
from clients._verdict import Manners
from contracts import (
    BadUpstreamReply,
    CircuitOpen,
    Expired,
    Facts,
    Failure,
    Outcome,
    OutcomeUnknown,
    ReplyTooLarge,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from tests.support.kit import reply

MANNERS = Manners(
    throttled=frozenset({429, 529}),
    not_executed=frozenset({503}),
    unauthorized=frozenset({401, 403}),
    of_one=frozenset({7}),
)

VERDICTS: list[tuple[int, object, Class, type[Failure] | None, Outcome | None]] = [
    (200, None, "unsafe", None, None),
    (204, None, "safe", None, None),
    (429, None, "unsafe", UpstreamThrottled, "not_sent"),
    (529, "not json", "safe", UpstreamThrottled, "not_sent"),
    (429, {"code": 8}, "safe", UpstreamThrottled, "not_sent"),
    (429, [7], "safe", UpstreamThrottled, "not_sent"),
    (429, {"code": [7]}, "safe", UpstreamThrottled, "not_sent"),
    (429, {"code": 7}, "safe", UpstreamRejected, "sent"),
    (401, None, "safe", UpstreamUnauthorized, "sent"),
    (403, None, "unsafe", UpstreamUnauthorized, "sent"),
    (503, None, "unsafe", UpstreamUnavailable, "not_sent"),
    (500, None, "unsafe", OutcomeUnknown, "unknown"),
    (500, None, "keyed", UpstreamUnavailable, "sent"),
    (408, None, "idempotent", UpstreamUnavailable, "sent"),
    (408, None, "unsafe", OutcomeUnknown, "unknown"),
    (302, None, "safe", BadUpstreamReply, "sent"),
    (404, None, "unsafe", UpstreamRejected, "sent"),
    (100, None, "safe", UpstreamRejected, "sent"),
]


@pytest.mark.parametrize(("status", "body", "kind", "expected", "outcome"), VERDICTS)
def test_judge(
    status: int,
    body: object,
    kind: Class,
    expected: type[Failure] | None,
    outcome: Outcome | None,
) -> None:
    failure = _verdict.judge(reply(body, status), kind, MANNERS, Redactor())
    assert type(failure) is (expected or type(None))
    if failure:
        assert failure.problem().outcome == outcome
        assert failure.problem().upstream_status == status


def test_manners_are_those_of_http_unless_told() -> None:
    failure = _verdict.judge(reply({"code": 7}, 429), "safe", Manners(), Redactor())
    assert type(failure) is UpstreamThrottled


WORDS: list[tuple[object, str]] = [
    ({"code": "gone", "message": "Not here."}, "HTTP 404: gone Not here."),
    ({"error": {"code": 7, "message": "No."}}, "HTTP 404: 7 No."),
    ({"errors": [{"title": "T", "detail": "D"}]}, "HTTP 404: T D"),
    ({"error": "plain"}, "HTTP 404: plain"),
    ({"message": True}, "HTTP 404"),
    ([{"message": "first"}, {"message": "second"}], "HTTP 404: first"),
    ([], "HTTP 404"),
    (7, "HTTP 404"),
    ("<html>", "HTTP 404"),
    (None, "HTTP 404"),
]


@pytest.mark.parametrize(("body", "expected"), WORDS)
def test_explain(body: object, expected: str) -> None:
    assert _verdict.explain(reply(body, 404)) == expected


def test_secrets_go_before_the_text_is_cut() -> None:
    body = {"message": f"{'x' * 480} sesame-open"}
    failure = _verdict.judge(reply(body, 400), "safe", Manners(), Redactor(["sesame-open"]))
    assert failure is not None
    assert "sesame" not in failure.detail
    assert len(_verdict.short("y" * 600)) == 501


BROKEN: list[tuple[Kind, bool, Class, type[Failure], Outcome]] = [
    ("connect", False, "unsafe", UpstreamUnavailable, "not_sent"),
    ("timeout", True, "unsafe", OutcomeUnknown, "unknown"),
    ("closed", True, "safe", UpstreamUnavailable, "sent"),
    ("too_large", True, "safe", ReplyTooLarge, "sent"),
    ("too_large", True, "unsafe", ReplyTooLarge, "sent"),
]


@pytest.mark.parametrize(("kind", "sent", "of", "expected", "outcome"), BROKEN)
def test_broken(
    kind: Kind, sent: bool, of: Class, expected: type[Failure], outcome: Outcome
) -> None:
    failure = _verdict.broken(TransportError(kind, sent=sent), of)
    assert type(failure) is expected
    problem = failure.problem()
    assert problem.outcome == outcome
    if kind == "too_large":
        assert (problem.retryable, problem.executed) == (
            of == "safe",
            None if of == "safe" else True,
        )


CUT_OFF: list[tuple[bool, Class, type[Failure], Outcome]] = [
    (False, "unsafe", Expired, "not_sent"),
    (True, "safe", Expired, "sent"),
    (True, "unsafe", OutcomeUnknown, "unknown"),
]


@pytest.mark.parametrize(("sent", "of", "expected", "outcome"), CUT_OFF)
def test_cut_off(sent: bool, of: Class, expected: type[Failure], outcome: Outcome) -> None:
    failure = _verdict.cut_off(TransportError("timeout", sent=sent), of)
    assert type(failure) is expected
    assert failure.problem().outcome == outcome


@pytest.mark.parametrize("kind", ["safe", "unsafe"])
def test_unreadable(kind: Class) -> None:
    problem = _verdict.unreadable("Odd.", kind, reply({}, 201)).problem()
    assert (problem.code, problem.upstream_status) == ("bad_upstream_reply", 201)
    assert (problem.retryable, problem.executed) == (
        kind == "safe",
        None if kind == "safe" else True,
    )


@pytest.mark.parametrize("of", get_args(Class))
def test_each_failure_is_in_the_range_that_its_class_states(of: Class) -> None:
    ends = [TransportError(kind, sent=sent) for kind in get_args(Kind) for sent in (True, False)]
    found = [_verdict.judge(reply(None, one), of, MANNERS, Redactor()) for one in range(100, 600)]
    found += [_verdict.broken(one, of) for one in ends]
    found += [_verdict.cut_off(one, of) for one in ends if one.kind == "timeout"]
    found += [_verdict.unreadable("Odd.", of, reply({}, 200))]
    for failure in found:
        if failure:
            problem = failure.problem()
            assert problem.outcome in {failure.outcome, *failure.others}
            assert problem.retryable == failure.retryable or failure.unless


FAILURES: list[tuple[Failure, bool, bool]] = [
    (UpstreamUnavailable(), True, False),
    (UpstreamUnavailable("", Facts(outcome="not_sent")), True, True),
    (OutcomeUnknown(), True, False),
    (UpstreamThrottled(), False, True),
    (UpstreamRejected(), False, True),
    (UpstreamUnauthorized(), False, True),
    (BadUpstreamReply(), False, False),
    (CircuitOpen(), False, False),
]


@pytest.mark.parametrize(("failure", "down", "clean"), FAILURES)
def test_down_and_clean(failure: Failure, down: bool, clean: bool) -> None:
    assert (_verdict.down(failure), _verdict.clean(failure)) == (down, clean)
    assert not _verdict.down(None)


@pytest.mark.parametrize(
    ("reason", "body", "text"),
    [
        ("Not Found", b"", "HTTP 404"),
        ("not found", b"", "HTTP 404"),
        ("no such vm", b"", "HTTP 404: no such vm"),
        ("no such vm", b'{"message":"gone"}', "HTTP 404: gone"),
        ("", b"", "HTTP 404"),
    ],
)
def test_a_reason_phrase_of_its_own_is_told(reason: str, body: bytes, text: str) -> None:
    assert _verdict.explain(HttpResponse(404, {}, body, reason)) == text
