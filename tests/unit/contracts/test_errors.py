import re

import pytest

from contracts import _errors
from contracts._errors import (
    CODES,
    AgentFault,
    Expired,
    Failure,
    Internal,
    InvalidRequest,
    OutcomeUnknown,
    UpstreamFault,
    UpstreamRejected,
    UpstreamUnavailable,
)
from contracts._problem import Facts, FieldError, Outcome

# the table of the wire: code, status, retryable, outcome, exit
WIRE: list[tuple[str, int, bool, Outcome, int]] = [
    ("invalid_request", 400, False, "not_sent", 2),
    ("unknown_operation", 404, False, "not_sent", 2),
    ("forbidden", 403, False, "not_sent", 1),
    ("idempotency_conflict", 409, False, "not_sent", 1),
    ("expired", 504, True, "not_sent", 3),
    ("would_miss_deadline", 429, True, "not_sent", 3),
    ("not_configured", 503, False, "not_sent", 1),
    ("upstream_rejected", 422, False, "sent", 1),
    ("upstream_unauthorized", 502, False, "sent", 1),
    ("upstream_unavailable", 503, True, "not_sent", 1),
    ("upstream_throttled", 429, True, "not_sent", 3),
    ("circuit_open", 503, True, "not_sent", 1),
    ("bad_upstream_reply", 502, False, "sent", 1),
    ("reply_too_large", 502, False, "sent", 1),
    ("outcome_unknown", 502, False, "unknown", 4),
    ("internal", 500, True, "not_sent", 1),
]


@pytest.mark.parametrize(("code", "status", "retryable", "outcome", "exit_code"), WIRE)
def test_each_code_is_as_the_wire_says(
    code: str, status: int, retryable: bool, outcome: Outcome, exit_code: int
) -> None:
    kind = CODES[code]
    problem = kind("why").problem()
    assert (problem.code, problem.status, problem.retryable) == (code, status, retryable)
    assert (problem.outcome, kind.exit_code) == (outcome, exit_code)
    assert problem.type == f"urn:hub:problem:{code}"
    assert problem.detail == "why"


# where the wire's table has more than one word: other outcomes, whether `retryable` can turn
RANGES: dict[str, tuple[set[Outcome], bool]] = {
    "expired": ({"sent", "unknown"}, True),
    "upstream_unauthorized": ({"not_sent"}, False),
    "upstream_unavailable": ({"sent"}, False),
    "bad_upstream_reply": ({"not_sent"}, True),
    "reply_too_large": ({"not_sent"}, True),
    "internal": ({"unknown"}, True),
}


@pytest.mark.parametrize("kind", CODES.values())
def test_each_code_states_its_range(kind: type[Failure]) -> None:
    others, turns = RANGES.get(kind.code, (set(), False))
    assert set(kind.others) == others
    assert bool(kind.unless) == turns
    assert kind.outcome not in others


def test_there_are_no_other_codes() -> None:
    assert set(CODES) == {row[0] for row in WIRE}


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn = re.findall(r"── (\w+)", _errors.__doc__ or "")
    real = [kind.__name__ for kind in _below(Failure)]
    assert drawn == real


def _below(parent: type[Failure]) -> list[type[Failure]]:
    return [one for child in parent.__subclasses__() for one in (child, *_below(child))]


@pytest.mark.parametrize("kind", CODES.values())
def test_a_failure_survives_the_wire(kind: type[Failure]) -> None:
    facts = Facts(
        retry_after=1.5,
        outcome="unknown",
        retryable=True,
        operation="a.b",
        integration="a",
        attempts=2,
        upstream_status=500,
        errors=(FieldError(field="x", message="y"),),
        executed=True,
    )
    sent = kind("why", facts).problem()
    came = Failure.of(type(sent).model_validate_json(sent.model_dump_json()))
    assert type(came) is kind
    assert came.problem() == sent


def test_a_code_from_the_future_is_a_plain_failure() -> None:
    problem = Internal("x").problem().model_copy(update={"code": "new_one"})
    assert type(Failure.of(problem)) is Failure


def test_what_is_known_stays() -> None:
    failure = UpstreamRejected("no", Facts(upstream_status=404)).knowing(
        upstream_status=500, attempts=3
    )
    assert (failure.facts.upstream_status, failure.facts.attempts) == (404, 3)


def test_without_a_sentence_the_title_speaks() -> None:
    assert str(Expired()) == Expired.title


def test_whose_move_it_is() -> None:
    assert issubclass(InvalidRequest, AgentFault)
    assert issubclass(UpstreamUnavailable, UpstreamFault)
    assert OutcomeUnknown.__bases__ == (Failure,)
