"""Reading what comes back, whatever it is."""

from typing import Any

import orjson
import pytest

from contracts import CODES, BadUpstreamReply, Facts, Failure, Internal
from contracts.space_weather import GetKpForecast, GetKpIndex
from sdk import Reply
from sdk._replies import Progress, failure_in, read_reply

HEADERS = {
    "ce-type": "hub.reply.space_weather.get_kp_index.v1",
    "ce-subject": "id-1",
    "hub-stage": "final",
    "hub-status": "ok",
    "hub-served": "cache",
    "hub-attempts": 2,
    "hub-wait-ms": 1500,
    "hub-upstream-ms": 250,
}
SAMPLE = {"samples": [{"time": "2026-03-08T00:00:00Z", "kp": 2.33}]}


def reply(body: object = None, *, ok: bool = True) -> Reply:
    raw = orjson.dumps(SAMPLE if body is None else body)
    return Reply("id-1", "space_weather.get_kp_index", ok, raw)


def test_everything_in_a_reply_is_read() -> None:
    assert read_reply(b"{}", HEADERS, "c") == Reply(
        "id-1", "space_weather.get_kp_index", True, b"{}", "cache", 2, 1.5, 0.25
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Reply("c", "", False, b"")),
        ({"hub-status": "ok"}, Reply("c", "", True, b"")),
        ({"hub-status": "ok", "hub-attempts": "many"}, Reply("c", "", True, b"")),
        ({"ce-subject": b"id-\xff"}, Reply("id-\ufffd", "", False, b"")),
        ({"ce-subject": 7, "hub-served": None}, Reply("c", "", False, b"")),
    ],
)
def test_what_is_missing_or_illegible_is_left_out(headers: dict[str, Any], expected: Reply) -> None:
    assert read_reply(b"", headers, "c") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"place": 3, "eta": 1.5}', Progress(3, 1.5)),
        (b'{"place": null, "eta": null}', Progress(None, None)),
        (b"not json", Progress(None, None)),
        (b"[]", Progress(None, None)),
    ],
)
def test_progress_is_told_apart(body: bytes, expected: Progress) -> None:
    assert read_reply(body, {"hub-stage": "accepted"}, "c") == expected


def test_a_result_is_json_or_its_model() -> None:
    assert reply().result() == SAMPLE
    assert reply().result(GetKpIndex).samples[0].kp == 2.33


def test_a_reply_to_another_operation_is_not_mistaken() -> None:
    with pytest.raises(ValueError, match=r"reply to space_weather\.get_kp_index, not to"):
        reply().result(GetKpForecast)


def test_a_result_that_does_not_fit_says_whose_contract_may_be_old() -> None:
    with pytest.raises(BadUpstreamReply, match=r"agent's contract.*: Field required\.") as caught:
        reply({"data": []}).result(GetKpIndex)
    assert caught.value.facts.operation == "space_weather.get_kp_index"


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_raised_as_its_class(code: str) -> None:
    sent = CODES[code]("why", Facts(attempts=2))
    failed = Reply("id-1", "x.y", ok=False, body=sent.problem().model_dump_json().encode())
    with pytest.raises(Failure, match="why") as caught:
        failed.result()
    assert type(caught.value) is CODES[code]
    assert caught.value.facts.attempts == 2
    assert caught.value.__notes__ == ["request id id-1"]


def test_a_code_of_a_newer_hub_is_a_plain_failure() -> None:
    problem = Internal("why").problem().model_copy(update={"code": "unheard_of"})
    assert type(failure_in(problem.model_dump_json().encode())) is Failure


def test_a_failure_that_cannot_be_read_is_one() -> None:
    with pytest.raises(Internal, match="cannot be read"):
        Reply("id-1", "x.y", ok=False, body=b"<html>").check()
