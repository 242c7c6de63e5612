"""Every operation of every client, with everything that can go wrong on the way."""

from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any, Final

import pytest

from clients._http import HttpRequest, HttpResponse, Kind, TransportError
from clients._redact import Redactor
from clients._retry import ATTEMPTS
from clients._upstream import Upstream
from contracts import (
    BadUpstreamReply,
    Content,
    Failure,
    OutcomeUnknown,
    ReplyTooLarge,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from tests.support.conformance import (
    Case,
    Run,
    attacks,
    escapes,
    every_step,
    every_success,
    for_ever,
    mutants,
    redactor_for,
)
from tests.support.kit import CANARY, Held, NotRecorded, reply

WAIT: Final = 7.0
LOST: Final[tuple[Kind, ...]] = ("timeout", "closed", "protocol")
NEVER_LEFT: Final[tuple[Kind, ...]] = ("dns", "connect", "tls", "timeout", "closed")


def _told(failure: Failure, run: Run) -> bool:
    """Whether a failure after a 2xx says that it was done: where it acts, and only there."""
    executed = failure.problem().executed
    return executed is True if run.faulty[0].fresh else executed in {None, run.acts or None}


def _upstream(case: Case, request: HttpRequest) -> Upstream:
    """The upstream that a request went to."""
    env = Run(case).env
    known = [one for one in case.facts.upstreams.values() if not one.for_tokens]
    return next(one for one in known if request.url.startswith(one.address(env)))


async def _fails(case: Case, at: int, fault: HttpResponse | TransportError) -> Run:
    """Fail as an unclear end of this call has to: once where it acts, else after all retries."""
    run = Run(case, for_ever(fault), at)
    failure = await run.failure()
    acts = run.faulty[0].fresh
    assert type(failure) is (OutcomeUnknown if acts else UpstreamUnavailable)
    assert len(run.faulty) == (1 if acts else ATTEMPTS)
    assert failure.problem().retryable is not acts
    return run


@every_step
class TestOneCall:
    async def test_a_refused_key_is_told(self, case: Case, at: int) -> None:
        run = Run(case, for_ever(reply({}, 401)), at)
        assert type(await run.failure()) is UpstreamUnauthorized
        fetched = bool(_upstream(case, run.faulty[0]).auth.chosen(run.env).asks)
        assert len(run.faulty) == (2 if fetched else 1)

    async def test_too_many_waits_as_told(self, case: Case, at: int) -> None:
        probe = Run(case, for_ever(reply({}, 401)), at)
        await probe.failure()
        upstream = _upstream(case, probe.faulty[0])
        for status, as_date in product(upstream.manners.throttled, (False, True)):
            run = Run(case, at=at)
            told = run.clock.date(WAIT) if as_date else "7"
            run.faults = [HttpResponse(status, {upstream.retry_after[0]: told}, b"{}")]
            run.restart()
            await run.result()
            first, second = run.times[at : at + 2]
            assert second - first == pytest.approx(WAIT, abs=0.01)
            assert run.playback.used_up()
            assert run.faulty[0] == replace(run.faulty[1], timeout=run.faulty[0].timeout)

    async def test_a_server_error_ends_as_its_class_says(self, case: Case, at: int) -> None:
        run = await _fails(case, at, reply({}, 500))
        tokens = {one.name for one in case.facts.upstreams.values() if one.for_tokens}
        told = [failure for name, failure, _ in run.notes.all if name not in tokens]
        assert None not in told[at:]

    async def test_a_lost_connection_ends_as_its_class_says(self, case: Case, at: int) -> None:
        for kind in LOST:
            await _fails(case, at, TransportError(kind, sent=True))

    async def test_what_never_left_is_tried_again(self, case: Case, at: int) -> None:
        for kind in NEVER_LEFT:
            run = Run(case, [TransportError(kind, sent=False)] * (ATTEMPTS - 1), at)
            assert type(await run.result()) is case.operation.request.result
            assert run.playback.used_up()

    async def test_what_was_not_executed_is_tried_again(self, case: Case, at: int) -> None:
        probe = Run(case, for_ever(reply({}, 401)), at)
        await probe.failure()
        for status in _upstream(case, probe.faulty[0]).manners.not_executed:
            run = Run(case, [reply({}, status)] * (ATTEMPTS - 1), at)
            assert type(await run.result()) is case.operation.request.result

    async def test_a_huge_answer_is_told_once(self, case: Case, at: int) -> None:
        run = Run(case, for_ever(TransportError("too_large", sent=True)), at)
        failure = await run.failure()
        assert type(failure) is ReplyTooLarge
        assert len(run.faulty) == 1
        assert _told(failure, run)

    async def test_a_redirect_is_not_followed(self, case: Case, at: int) -> None:
        run = Run(case, for_ever(reply(b"", 302, location="https://attacker.test")), at)
        assert type(await run.failure()) is BadUpstreamReply
        assert len(run.faulty) == 1

    async def test_what_is_not_json_is_told(self, case: Case, at: int) -> None:
        answered = case.recording.exchanges[at].response.body
        if not isinstance(answered, dict | list) or issubclass(
            case.operation.request.result, Content
        ):
            return
        run = Run(case, for_ever(reply(b"<html>It works!</html>")), at)
        failure = await run.failure()
        assert type(failure) is BadUpstreamReply
        assert len(run.faulty) == 1
        assert _told(failure, run)

    async def test_an_odd_answer_is_read_or_told(self, case: Case, at: int) -> None:
        body = case.recording.exchanges[at].response.body
        redact = Redactor()
        for odd in mutants(body):
            run = Run(case, [reply(odd)], at, redact=redact)
            try:
                assert type(await run.result()) is case.operation.request.result
            except Failure as failure:
                assert failure.problem().code != "internal"  # noqa: PT017  (either is right)
            except NotRecorded:
                continue  # it led elsewhere


@every_success
class TestAnswers:
    async def test_a_missing_field_is_told(self, case: Case) -> None:
        last = len(case.recording.exchanges) - 1
        body, promised = case.recording.exchanges[last].response.body, case.operation.request.result
        for name, field in promised.model_fields.items():
            key = field.alias or name
            if not field.is_required() or not isinstance(body, dict) or key not in body:
                continue
            rest = {one: value for one, value in body.items() if one not in {key, name}}
            failure = await Run(case, [reply(rest)], last).failure()
            assert type(failure) is BadUpstreamReply
            assert key in failure.detail or name in failure.detail

    async def test_further_fields_do_no_harm(self, case: Case) -> None:
        last = len(case.recording.exchanges) - 1
        body = case.recording.exchanges[last].response.body
        if isinstance(body, dict) and body.keys() != {"base64"}:
            run = Run(case, [reply(_with_more(body))], last)
            assert type(await run.result()) is case.operation.request.result


def _with_more(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "news": {"of": ["the", "vendor"]}, "more": 1}


@every_success
class TestSecrets:
    async def test_no_key_is_in_any_text(
        self, case: Case, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.clear()
        caplog.set_level("DEBUG")
        for status in (400, 401, 403, 500):
            run = Run(case, redact=redactor_for(case.facts))
            run.script.then(partial(_echo, status=status))
            failure = await run.failure()
            texts = [str(failure), repr(failure), failure.problem().model_dump_json(), caplog.text]
            texts += [repr(one) for one in (run.client, run.script.sent, run.notes, run.env)]
            here = run.case.facts.upstreams.values()
            found = [await one.auth.prove(one.view(run.env), Held()) for one in here]
            proofs = {secret for proof in found for secret in proof.secrets()}
            assert not [text for text in texts for one in (CANARY, *proofs) if one in text]


def _echo(request: HttpRequest, status: int) -> HttpResponse:
    told = f"{request.method} {request.wire_url} {dict(request.headers)} {request.body!r}"
    return reply({"code": told, "message": told, "error": {"message": told}}, status)


@every_success
async def test_nothing_a_caller_says_leaves_its_place(case: Case) -> None:
    env = Run(case).env
    bases = [one.address(env) for one in case.facts.upstreams.values()]
    for attack, changes in attacks(case):
        run = Run(case, for_ever(reply({"message": "no"}, 404)), changes=changes)
        await run.failure()
        for request in run.script.sent:
            assert not escapes(request, attack, case, bases), (attack, request.url)
