"""How a call proves itself on its way, and what its answer really means.

What is tried again, remembered and told otherwise stands in `test_api`.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from clients._call import Call
from clients._client import Client
from clients._http import HttpRequest, HttpResponse, Transport, TransportError
from clients._transport import AioHttpTransport
from contracts import (
    Expired,
    Failure,
    OutcomeUnknown,
    Result,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from tests.support import upstream as server
from tests.support.clock import QuickClock
from tests.support.depot import Depot
from tests.support.kit import (
    Notes,
    Outcome,
    Script,
    call_for,
    environment_of,
    kit_for,
    perform,
    reply,
)

PART = reply({"name": "bolt", "count": 1})
NEVER = TransportError("connect", sent=False)


def token(value: str) -> HttpResponse:
    return reply({"access_token": value, "expires_in": 3600})


class Bench:
    """A depot whose token address and vendor answer from scripts."""

    def __init__(self, tokens: list[Outcome], answers: list[Outcome]) -> None:
        self.clock = QuickClock()
        self.notes = Notes()
        self.login, self.script = Script(*tokens), Script(*answers)
        ways: Callable[[str], Transport] = lambda name: (  # noqa: E731
            self.login if name == "login" else self.script
        )
        self.kit = kit_for(Depot, ways, clock=self.clock, note=self.notes)
        self.depot: Client = Depot(self.kit)

    async def __call__(self, operation: str, call: Call | None = None, **params: Any) -> Result:  # noqa: ANN401
        return await perform(self.depot, operation, call, **params)

    @property
    def proofs(self) -> list[str]:
        """The proof of each call to the vendor."""
        return [dict(one.headers)["Authorization"] for one in self.script.sent]


class TestTokens:
    async def test_one_is_fetched_through_its_own_gate_and_carried(self) -> None:
        bench = Bench([token("t1")], [PART, PART])
        for _ in range(2):
            await bench("get_part", part="bolt")
        assert bench.proofs == ["Bearer t1"] * 2
        (asked,) = bench.login.sent
        assert asked.method == "POST"
        assert asked.url == "https://login.depot.test/token"
        assert b"grant_type=client_credentials" in asked.body
        assert b"client_secret=canary-4f1c9a-DEPOT_CLIENT_SECRET" in asked.body
        assert [name for name, _, _ in bench.notes.all] == ["login", "api", "api"]

    @pytest.mark.parametrize("operation", ["get_part", "order_part"])
    async def test_a_refused_one_is_renewed_and_the_call_made_once_more(
        self, operation: str
    ) -> None:
        bench = Bench([token("t1"), token("t2")], [reply({}, 401), reply({"message": "no"}, 404)])
        call = call_for(Depot.operations[operation], {"part": "bolt"})
        with pytest.raises(UpstreamRejected):
            await bench(operation, call, part="bolt")
        assert bench.proofs == ["Bearer t1", "Bearer t2"]
        assert (call.attempts, call.doubt) == (2, False)

    async def test_refused_twice_is_refused(self) -> None:
        bench = Bench([token("t1"), token("t2")], [reply({}, 401), reply({}, 401)])
        with pytest.raises(UpstreamUnauthorized):
            await bench("get_part", part="bolt")
        assert len(bench.login.sent) == 2

    async def test_an_act_in_doubt_is_not_repeated_for_a_token(self) -> None:
        bench = Bench([token("t1")], [TransportError("closed", sent=True)])
        with pytest.raises(OutcomeUnknown):
            await bench("order_part", part="bolt")
        assert len(bench.script.sent) == 1

    FAULTS: list[tuple[Outcome, type[Failure], int]] = [  # noqa: RUF012
        (reply({"error": "invalid_client"}, 400), UpstreamUnauthorized, 1),
        (reply({"error": "invalid_client"}, 401), UpstreamUnauthorized, 1),
        (reply({}, 503), UpstreamUnavailable, 3),
        (NEVER, UpstreamUnavailable, 3),
        (TransportError("closed", sent=True), UpstreamUnavailable, 3),
    ]

    @pytest.mark.parametrize(("fault", "expected", "asked"), FAULTS)
    async def test_without_one_nothing_leaves(
        self, fault: Outcome, expected: type[Failure], asked: int
    ) -> None:
        bench = Bench([fault] * asked, [])
        call = call_for(Depot.operations["order_part"], {"part": "bolt"})
        with pytest.raises(expected) as caught:
            await bench("order_part", call, part="bolt")
        assert caught.value.problem().outcome == "not_sent"
        assert (call.sent, call.doubt, call.attempts) == (False, False, 0)
        assert len(bench.login.sent) == asked
        if expected is UpstreamUnauthorized:
            assert "DEPOT_CLIENT_ID, DEPOT_CLIENT_SECRET" in caught.value.detail

    async def test_what_the_vendor_said_before_is_told(self) -> None:
        bench = Bench([token("t1"), reply({}, 400)], [reply({}, 503), reply({}, 401)])
        with pytest.raises(UpstreamUnavailable, match="HTTP 503"):
            await bench("get_part", part="bolt")

    async def test_no_token_is_told(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        bench = Bench([token("t0k3n-1")], [reply({"message": "bad token t0k3n-1"}, 400)])
        with pytest.raises(UpstreamRejected, match=r"bad token \*\*\*$"):
            await bench("get_part", part="bolt")
        shown = repr((bench.script.sent, bench.login.sent, bench.depot, bench.notes))
        assert "t0k3n" not in shown + caplog.text
        assert "canary" not in shown + caplog.text


async def test_who_may_not_leave_any_more_takes_its_turn_again() -> None:
    bench = Bench([], [TransportError("late", sent=False), reply(b"x")])
    call = call_for(Depot.operations["get_picture"], {"part": "bolt"})
    await bench("get_picture", call, part="bolt")
    assert (len(bench.script.sent), call.attempts) == (2, 1)


async def test_who_was_held_up_too_long_does_not_leave() -> None:
    bench = Bench([], [])

    class Slow:
        async def sending(self) -> None:
            bench.clock.advance(20)

    call = call_for(
        Depot.operations["add_picture"], {"part": "b", "picture": b"x"}, deadline=1010.0
    )
    call.journal = Slow()
    with pytest.raises(Expired, match="before the call could leave"):
        await bench("add_picture", call, part="b", picture="AAA=")
    assert (call.sent, call.attempts) == (False, 0)


class TestLies:
    async def test_a_slow_one_pauses_everyone(self) -> None:
        slow = reply({"error": "slow", "wait": 20})
        bench = Bench([token("t")], [slow, PART])
        await bench("get_part", part="bolt")
        assert bench.clock.passed == pytest.approx(20, abs=0.01)

    async def test_its_headers_come_first(self) -> None:
        slow = reply({"error": "slow"}, retry_after="7")
        bench = Bench([token("t")], [slow, PART])
        await bench("get_part", part="bolt")
        assert bench.clock.passed == pytest.approx(7, abs=0.01)

    LIES: list[tuple[HttpResponse, type[Failure], str, int]] = [  # noqa: RUF012
        (reply({"error": "key"}), UpstreamUnauthorized, "key", 200),
        (reply({"error": "no"}), UpstreamRejected, "no", 200),
        (reply({"error": "no"}, 401), UpstreamRejected, "no", 401),
        (reply({"error": "key"}, 400), UpstreamUnauthorized, "key", 400),
        (reply({"error": "odd"}, 400), UpstreamRejected, "HTTP 400", 400),
    ]

    @pytest.mark.parametrize(("answer", "expected", "text", "status"), LIES)
    async def test_what_the_body_says_counts(
        self, answer: HttpResponse, expected: type[Failure], text: str, status: int
    ) -> None:
        bench = Bench([], [answer])
        with pytest.raises(expected, match=text) as caught:
            await bench("get_picture", part="bolt")
        assert caught.value.facts.upstream_status == status
        assert len(bench.script.sent) == 1

    async def test_a_server_error_speaks_for_itself(self) -> None:
        bench = Bench([], [reply({"error": "no"}, 500)] * 3)
        with pytest.raises(UpstreamUnavailable):
            await bench("get_picture", part="bolt")

    async def test_a_server_error_in_which_this_vendor_says_no_is_read(self) -> None:
        bench = Bench([], [reply({"error": "no"}, 501)])
        with pytest.raises(UpstreamRejected) as caught:
            await bench("get_picture", part="bolt")
        assert caught.value.facts.upstream_status == 501
        assert len(bench.script.sent) == 1

    async def test_an_act_that_was_throttled_in_a_200_is_tried_again(self) -> None:
        started = reply({"id": "1", "state": "done"}, location="/v1/orders/1")
        bench = Bench([token("t")], [reply({"error": "slow", "wait": 2}), started, started])
        call = call_for(Depot.operations["order_part"], {"part": "bolt"})
        await bench("order_part", call, part="bolt")
        assert [one.method for one in bench.script.sent] == ["POST", "POST", "GET"]

    async def test_a_throttle_beyond_its_time_is_told(self) -> None:
        bench = Bench([], [reply({"error": "slow", "wait": 99})])
        with pytest.raises(UpstreamThrottled) as caught:
            await bench("get_picture", part="bolt")
        assert caught.value.facts.retry_after == 99


Handler = Callable[[server.Received], bytes]


@pytest.fixture
def wire() -> Callable[[Handler, str], Awaitable[tuple[list[server.Received], Result | Failure]]]:
    """Makes one call of the depot to a real server, and returns what it saw and answered."""

    async def call(
        handler: Handler, operation: str
    ) -> tuple[list[server.Received], Result | Failure]:
        async with server.Upstream(handler) as up:
            urls = {f"DEPOT_{name}_URL": f"{up.url}/{name}" for name in ("LOGIN", "API", "FILES")}
            kit = kit_for(Depot, lambda _: AioHttpTransport(), env=environment_of(Depot, **urls))
            depot = Depot(kit)
            try:
                return up.requests, await perform(depot, operation, part="a b?c")
            except Failure as failure:
                return up.requests, failure
            finally:
                await depot.aclose()

    return call


Wire = Callable[[Handler, str], Awaitable[tuple[list[server.Received], Result | Failure]]]


async def test_a_key_in_the_query_is_on_the_wire_only(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen, result = await wire(
        lambda one: server.reply(400, json={"message": one.target}), "get_picture"
    )
    key = "canary-4f1c9a-DEPOT_FILES_KEY"
    assert [one.target for one in seen] == [f"/FILES/a%20b%3Fc.png?key={key}"]
    assert isinstance(result, UpstreamRejected)
    assert "key=***" in result.detail
    assert "canary" not in caplog.text
    request = HttpRequest("GET", "https://x.test/a?b=1").within(1, secret="key=s3cret")
    assert request.wire_url == "https://x.test/a?b=1&key=s3cret"
    assert "s3cret" not in repr(request)


async def test_a_token_goes_over_the_wire(wire: Wire) -> None:
    def answer(one: server.Received) -> bytes:
        if one.target == "/LOGIN/token":
            return server.reply(json={"access_token": "t1", "expires_in": 60})
        assert one.header("Authorization") == "Bearer t1"
        return server.reply(json={"name": "x", "count": 3})

    seen, result = await wire(answer, "get_part")
    assert [one.target for one in seen] == ["/LOGIN/token", "/API/parts/a%20b%3Fc"]
    assert seen[0].header("Content-Type") == "application/x-www-form-urlencoded"
    assert isinstance(result, Result)


async def test_the_reason_phrase_is_told(wire: Wire) -> None:
    said = b"HTTP/1.1 403 Permission check failed (/vms/100)\r\nContent-Length: 0\r\n\r\n"
    _, result = await wire(lambda _: said, "get_picture")
    assert isinstance(result, UpstreamRejected)
    assert result.detail == "HTTP 403: Permission check failed (/vms/100)"
