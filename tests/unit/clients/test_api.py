"""One upstream's calls: what leaves, what comes back, what is tried again, what is remembered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from clients._api import HttpCall
from clients._call import CURRENT, Call
from clients._client import Client
from clients._environment import Environment
from clients._gate import EARLY
from clients._http import HttpRequest, HttpResponse, Kind, TransportError
from clients._reading import Whole
from clients._upstream import Upstream
from contracts import (
    BadUpstreamReply,
    CircuitOpen,
    Expired,
    Failure,
    NotConfigured,
    OutcomeUnknown,
    ReplyTooLarge,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnavailable,
    WouldMissDeadline,
)
from tests.support.clock import QuickClock
from tests.support.depot import AddPicture, Depot, GetPart, Order, Stored
from tests.support.kit import (
    CANARY,
    Notes,
    Script,
    apart,
    call_for,
    environment_of,
    kit_for,
    perform,
    reply,
)
from tests.support.toy import Thing, Toy

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
FINE = reply({"id": "1", "theSize": 3})
LOST = TransportError("closed", sent=True)
NEVER = TransportError("connect", sent=False)


class Bench:
    """A toy, its clock, its script and what it noted."""

    def __init__(self, *answers: HttpResponse | TransportError, **env: str) -> None:
        self.clock = QuickClock()
        self.notes = Notes()
        self.script = Script(*answers)
        known = environment_of(Toy, **env)
        self.kit = kit_for(Toy, self.script, env=known, clock=self.clock, note=self.notes)
        self.toy = Toy(self.kit)

    async def __call__(
        self,
        operation: str,
        call: Call | None = None,
        **params: Any,  # noqa: ANN401
    ) -> Thing:
        thing = await perform(self.toy, operation, call, **params)
        assert isinstance(thing, Thing)
        return thing

    @property
    def sent(self) -> HttpRequest:
        """The one request."""
        (request,) = self.script.sent
        return request


def call_of(operation: str, **params: str) -> Call:
    """The call of a toy's operation, to look at afterwards."""
    return call_for(Toy.operations[operation], params)


BASE = "https://api.toy.test/v1"
REQUESTS: list[tuple[str, dict[str, Any], str, str, bytes]] = [
    ("get_thing", {"thing_id": "a/b"}, "GET", "/things/a%2Fb", b""),
    ("get_thing", {"thing_id": "a", "colour": "b"}, "GET", "/things/a?colour=b", b""),
    ("make_thing", {"name": "x"}, "POST", "/things", b'{"name":"x"}'),
    ("make_thing", {"name": "x", "colour": "r"}, "POST", "/things?colour=r", b'{"name":"x"}'),
    ("put_thing", {"thing_id": "a", "name": "x"}, "PUT", "/things/a", b'{"name":"x"}'),
    ("mend_thing", {"thing_id": "a", "name": "x"}, "PATCH", "/things/a", b'{"title":"x"}'),
    ("drop_thing", {"thing_id": "a"}, "DELETE", "/things/a", b""),
    ("pay_thing", {"thing_id": "a b"}, "POST", "/payments", b"thing=a+b&note=%C3%A9+%26"),
]


@pytest.mark.parametrize(("operation", "params", "method", "target", "body"), REQUESTS)
async def test_what_leaves(
    operation: str, params: dict[str, Any], method: str, target: str, body: bytes
) -> None:
    bench = Bench(FINE)
    await bench(operation, **params)
    assert (bench.sent.method, bench.sent.url, bench.sent.body) == (method, BASE + target, body)
    assert bench.sent.fresh is (operation == "make_thing")
    assert bench.sent.timeout == Toy.operations[operation].traits.timeout


async def test_variables_stand_in_paths() -> None:
    bench = Bench(reply(["red"]), TOY_SITE="north/east", TOY_API_URL="http://toy.test/v9/")
    assert await bench("list_things", colours=["a", "b"]) == Thing(id="red")
    assert bench.sent.url == "http://toy.test/v9/north%2Feast/things?colour=a&colour=b"


async def test_a_variable_that_went_missing_is_told() -> None:
    values = {"TOY_SITE": "here", "TOY_KEY": "sesame"}
    toy = Toy(kit_for(Toy, Script(), env=Environment(values)))
    assert toy.api.upstream is Toy.api
    del values["TOY_SITE"]
    with pytest.raises(NotConfigured, match="TOY_SITE"):
        await perform(toy, "list_things")


HEADERS: list[tuple[str, dict[str, Any], set[tuple[str, str]]]] = [
    ("get_thing", {"thing_id": "a"}, {("Version", "1")}),
    ("make_thing", {"name": "x"}, {("Version", "1"), JSON}),
    ("mend_thing", {"thing_id": "a", "name": "x"}, {("Version", "2"), JSON}),
    ("pay_thing", {"thing_id": "a"}, {("Version", "1"), FORM, ("Idempotency-Key", "request-1")}),
]


@pytest.mark.parametrize(("operation", "params", "expected"), HEADERS)
async def test_headers(
    operation: str, params: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    bench = Bench(FINE)
    await bench(operation, **params)
    assert set(bench.sent.headers) == expected | {("X-Key", "canary-4f1c9a-TOY_KEY")}


class Bare(Client):
    """A host that takes no idempotency key."""

    api = Upstream("https://bare.test")


async def test_a_keyed_call_without_a_header_for_it_has_none() -> None:
    script = Script(FINE)
    CURRENT.set(Call(kind="keyed", key="k"))
    await Bare(kit_for(Bare, script)).api.send(HttpCall("POST", "/x"))
    assert script.sent[0].headers == ()


ANSWERS: list[tuple[str, HttpResponse, Thing | str]] = [
    ("get_thing", FINE, Thing(id="1", size=3)),
    ("get_thing", reply(b""), "id: Field required"),
    ("get_thing", reply({"id": 7}), "id: Input should be a valid string"),
    ("get_thing", reply(b"<html>"), "Invalid JSON"),
    ("get_thing", reply([]), "it: Input should be an object"),
    ("list_things", reply([]), "IndexError"),
    ("list_things", reply({"a": 1}), "it has no 0"),
    ("list_things", reply(b""), "TypeError"),
    ("list_things", reply(b"<html>"), "it is not JSON"),
    ("drop_thing", reply(b"", 204), Thing(id="gone")),
    ("get_thing", reply({"odd": 1}), "AttributeError: no such thing"),
]


@pytest.mark.parametrize(("operation", "answer", "expected"), ANSWERS)
async def test_what_comes_back(operation: str, answer: HttpResponse, expected: Thing | str) -> None:
    bench = Bench(answer)
    params: dict[str, Any] = {} if operation == "list_things" else {"thing_id": "a"}
    if isinstance(expected, Thing):
        assert await bench(operation, **params) == expected
    else:
        with pytest.raises(BadUpstreamReply, match=expected):
            await bench(operation, **params)


async def test_a_lie_is_found_out() -> None:
    bench = Bench(reply({"error": "no"}))
    with pytest.raises(UpstreamRejected, match="The toy says no"):
        await bench("get_thing", thing_id="a")


async def test_what_cannot_be_read_of_an_act_was_executed() -> None:
    for operation, executed in (("make_thing", True), ("copy_thing", None)):
        bench = Bench(reply({}))
        params: dict[str, Any] = {"name": "x"} if executed else {"thing_id": "a"}
        with pytest.raises(BadUpstreamReply) as caught:
            await bench(operation, **params)
        assert caught.value.facts.executed is executed


class TestAgain:
    async def test_a_look_up_is_tried_again_and_the_act_is_not(self) -> None:
        bench = Bench(LOST, LOST, FINE, LOST)
        call = call_of("copy_thing", thing_id="a")
        with pytest.raises(OutcomeUnknown):
            await bench("copy_thing", call, thing_id="a")
        assert [one.method for one in bench.script.sent] == ["GET"] * 3 + ["POST"]
        assert (call.attempts, call.doubt, call.sent) == (4, True, True)

    async def test_the_flow_goes_through(self) -> None:
        bench = Bench(FINE, FINE)
        await bench("copy_thing", thing_id="a")
        assert bench.script.sent[1].body == b'{"like":"1","thing_id":"a"}'

    async def test_the_time_left_bounds_each_attempt(self) -> None:
        bench = Bench(reply({}, 429, retry_after="3"), FINE)
        await bench("pay_thing", thing_id="a")
        assert [one.timeout for one in bench.script.sent] == [5, pytest.approx(2 + EARLY)]

    async def test_a_refusal_beyond_its_time_is_the_answer(self) -> None:
        bench = Bench(reply({"message": "slow down"}, 429, retry_after="9"))
        with pytest.raises(UpstreamThrottled, match="slow down") as caught:
            await bench("pay_thing", thing_id="a")
        assert caught.value.facts.retry_after == pytest.approx(9)
        assert bench.clock.passed == 0

    async def test_before_any_attempt_the_limit_is_the_answer(self) -> None:
        bench = Bench()
        bench.kit.gates["api"].pause(60)
        with pytest.raises(WouldMissDeadline):
            await bench("get_thing", Call(deadline=1010.0), thing_id="a")
        assert bench.script.sent == []

    @pytest.mark.parametrize(
        ("operation", "params", "sent", "expected"),
        [
            ("get_thing", {"thing_id": "a"}, True, Expired),
            ("make_thing", {"name": "x"}, False, Expired),
            ("make_thing", {"name": "x"}, True, OutcomeUnknown),
        ],
    )
    async def test_an_asker_without_time_tells_nothing_of_the_upstream(
        self, operation: str, params: dict[str, Any], sent: bool, expected: type[Failure]
    ) -> None:
        bench = Bench(TransportError("timeout", sent=sent))
        call = call_for(Toy.operations[operation], params, deadline=1001.0)
        with pytest.raises(expected) as caught:
            await bench(operation, call, **params)
        assert caught.value.facts.outcome in {None, "sent" if sent else "not_sent"}
        assert bench.notes.all == []

    async def test_a_pause_without_a_time_grows(self) -> None:
        bench = Bench(reply({}, 429), reply({}, 529), FINE, reply({}, 429), FINE)
        await bench("get_thing", thing_id="a")
        assert bench.clock.passed == pytest.approx(3, abs=0.01)
        await bench("get_thing", thing_id="a")
        assert bench.clock.passed == pytest.approx(4, abs=0.01)


class TestMemory:
    DOUBTS: list[tuple[str, list[HttpResponse | TransportError], bool, bool]] = [  # noqa: RUF012
        ("put_thing", [FINE], True, True),
        ("put_thing", [LOST] * 3, True, True),
        ("put_thing", [LOST, reply({}, 404)], True, True),
        ("put_thing", [reply({}, 404)], True, False),
        ("put_thing", [reply({}, 503)] * 3, True, False),
        ("put_thing", [NEVER] * 3, False, False),
        ("get_thing", [LOST] * 3, True, False),
    ]

    @pytest.mark.parametrize(("operation", "answers", "sent", "doubt"), DOUBTS)
    async def test_what_may_have_happened(
        self,
        operation: str,
        answers: list[HttpResponse | TransportError],
        sent: bool,
        doubt: bool,
    ) -> None:
        bench = Bench(*answers)
        params: dict[str, Any] = {"thing_id": "a"} | (
            {"name": "x"} if operation == "put_thing" else {}
        )
        call = call_of(operation, **params)
        try:
            await bench(operation, call, **params)
        except Failure:
            assert answers != [FINE]
        assert (call.sent, call.doubt, call.attempts) == (sent, doubt, len(answers))

    async def test_every_attempt_is_noted(self) -> None:
        bench = Bench(NEVER, reply({}, 404))
        with pytest.raises(UpstreamRejected):
            await bench("get_thing", thing_id="a")
        kinds = [(upstream, type(failure)) for upstream, failure, _ in bench.notes.all]
        assert kinds == [("api", UpstreamUnavailable), ("api", UpstreamRejected)]

    async def test_the_bucket_hears_what_is_left(self) -> None:
        bench = Bench(reply({"id": "1"}, x_left="0", x_reset="20"), FINE)
        await bench("get_thing", thing_id="a")
        await bench("get_thing", thing_id="a")
        assert bench.clock.passed == pytest.approx(20, abs=0.01)

    async def test_the_breaker_hears_what_works(self) -> None:
        bench = Bench(*[LOST] * 3, reply({}, 404), *[NEVER] * 3)
        breaker = bench.kit.gates["api"].breaker
        for said in (UpstreamUnavailable, UpstreamRejected, UpstreamUnavailable):
            with pytest.raises(said):
                await bench("get_thing", thing_id="a")
            assert breaker.state == "closed"

    @pytest.mark.parametrize("state", ["closed", "half_open"])
    async def test_a_request_that_was_none_tells_nothing_of_the_upstream(self, state: str) -> None:
        unfit = TransportError("protocol", sent=False)
        bench = Bench(*[unfit] * 6)
        breaker = bench.kit.gates["api"].breaker
        if state == "half_open":
            for _ in range(5):
                breaker.failed(1, bench.clock.now())
            bench.clock.advance(30)
        for _ in range(6):
            with pytest.raises(TransportError):
                await bench("get_thing", thing_id="a")
            assert breaker.state == ("closed" if state == "closed" else "open")
        assert bench.notes.all == []
        assert len(bench.script.sent) == 6

    @pytest.mark.parametrize("kind", ["dns", "connect", "tls", "timeout", "closed"])
    async def test_who_cannot_be_reached_is_down(self, kind: Kind) -> None:
        bench = Bench(*[TransportError(kind, sent=False)] * 5)
        for _ in range(2):
            with pytest.raises((UpstreamUnavailable, CircuitOpen)):
                await bench("get_thing", thing_id="a")
        assert bench.kit.gates["api"].breaker.state == "open"
        assert len(bench.notes.all) == 5

    async def test_a_proof_is_a_secret_from_then_on(self) -> None:
        bench = Bench(reply({"message": "your key is canary-4f1c9a-TOY_KEY"}, 400))
        with pytest.raises(UpstreamRejected, match=r"your key is \*\*\*$"):
            await bench("get_thing", thing_id="a")

    async def test_bytes_that_hold_the_key_lose_it_before_they_are_base64(self) -> None:
        kit = kit_for(Depot, Script(reply(b"\x00" + f"{CANARY}-DEPOT_KEY".encode() * 2)))
        kit.redact.learn([f"{CANARY}-DEPOT_KEY"])
        picture = await perform(Depot(kit), "get_picture", part="bolt")
        assert picture.model_dump()["data"] == b"\x00***"


class Record:
    """A journal that logs when it was asked, and can refuse."""

    def __init__(self, script: Script, error: Exception | None = None) -> None:
        self.asked: list[int] = []
        self._script = script
        self._error = error

    async def sending(self) -> None:
        self.asked.append(len(self._script.sent))
        if self._error:
            raise self._error


class TestJournal:
    async def test_it_is_asked_before_each_attempt_that_acts(self) -> None:
        bench = Bench(FINE, NEVER, FINE)
        journal = Record(bench.script)
        call = call_of("copy_thing", thing_id="a")
        call.journal = journal
        await bench("copy_thing", call, thing_id="a")
        assert journal.asked == [1, 2]

    async def test_a_read_that_is_on_record_is_there_as_sent_too(self) -> None:
        bench = Bench(FINE)
        journal = Record(bench.script)
        call = call_of("get_thing", thing_id="a")
        call.journal = journal
        await bench("get_thing", call, thing_id="a")
        assert journal.asked == [0]

    async def test_its_refusal_stops_the_call_and_frees_its_slot(self) -> None:
        bench = Bench(FINE)
        call = call_of("put_thing", thing_id="a", name="x")
        call.journal = Record(bench.script, LookupError("lost"))
        with pytest.raises(LookupError):
            await bench("put_thing", call, thing_id="a", name="x")
        assert bench.script.sent == []
        assert bench.kit.gates["api"].bucket.held(1000.0, 1, 1030.0) == ""


async def test_a_token_that_has_gone_stale_is_not_used() -> None:
    bench = Bench(FINE)
    gate = bench.kit.gates["api"]

    def renew() -> None:
        gate.bucket.confirm(gate.bucket.plan(bench.clock.now(), 0.0, 5.0))
        asyncio.get_running_loop().call_soon(gate.pump)

    class Slow(Record):
        async def sending(self) -> None:
            await super().sending()
            if len(self.asked) == 1:
                bench.clock.advance(5)

    gate.bucket.revoke()
    gate.starved = renew
    call = call_of("put_thing", thing_id="a", name="x")
    journal = Slow(bench.script)
    call.journal = journal
    await bench("put_thing", call, thing_id="a", name="x")
    assert journal.asked == [0]
    assert call.attempts == 1


async def test_a_cancelled_call_leaves_its_slot_and_says_whether_it_left() -> None:
    bench = Bench()
    started = asyncio.Event()

    async def hang(request: HttpRequest) -> HttpResponse:
        request.mark.sent = True
        started.set()
        await asyncio.Event().wait()
        return FINE

    send: Callable[[HttpRequest], Awaitable[HttpResponse]] = hang
    vars(bench.script)["send"] = send
    call = call_of("make_thing", name="x")
    task = asyncio.create_task(bench("make_thing", call, name="x"))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (call.sent, call.doubt) == (True, True)
    assert bench.notes.all == []


async def test_closing_closes_the_transport() -> None:
    bench = Bench()
    await bench.toy.api.aclose()
    assert bench.script.closed == 1


class TestBeyondJson:
    """The depot: links, work that takes its time, bytes, headers."""

    def depot(self, *answers: HttpResponse | TransportError) -> tuple[Depot, Script, QuickClock]:
        script, clock = Script(*answers), QuickClock()
        return Depot(kit_for(Depot, apart(Depot, script), clock=clock)), script, clock

    async def test_bytes_come_with_what_they_are(self) -> None:
        depot, _, _ = self.depot(reply(b"\x89PNG", content_type="image/png"))
        picture = await perform(depot, "get_picture", part="bolt")
        assert picture.model_dump(mode="json") == {
            "media_type": "image/png",
            "data": "iVBORw==",
            "size": 4,
        }

    async def test_bytes_that_would_be_too_many_on_their_way_are_told(self) -> None:
        sizes = {6: None, 7: ReplyTooLarge}
        for size, expected in sizes.items():
            script = Script(reply(b"x" * size))
            kit = replace(kit_for(Depot, apart(Depot, script)), most_bytes=8)
            try:
                await perform(Depot(kit), "get_picture", part="bolt")
            except ReplyTooLarge:
                assert expected
            else:
                assert expected is None

    async def test_the_whole_answer_can_be_read(self) -> None:
        depot, script, _ = self.depot(reply(b"", 201, etag='"7"'))
        stored = await perform(depot, "add_picture", part="bolt", picture="AAA=")
        assert stored == Stored(etag='"7"')
        assert dict(script.sent[0].headers)["Content-Type"].startswith("multipart/form-data; b")
        depot, script, _ = self.depot(reply(b""))
        with pytest.raises(BadUpstreamReply, match="it has no 'etag'"):
            await perform(depot, "add_picture", part="bolt", picture="AAA=")

    async def test_a_head_has_no_body(self) -> None:
        depot, script, _ = self.depot(reply(b"", 200, etag='"7"'))
        CURRENT.set(Call())
        read = Whole(lambda answer: {"etag": answer.headers["etag"]})
        request = AddPicture(part="bolt", picture=b"x")
        stored = await depot.files.head("/{part}", request, query={}, read=read)
        assert (stored.etag, script.sent[0].method) == ('"7"', "HEAD")

    async def test_a_call_may_say_what_it_takes(self) -> None:
        depot, script, _ = self.depot(reply({"name": "x", "count": 1}))
        CURRENT.set(Call())
        await depot.api.saying({"Accept": "text/csv"}).get("/x", GetPart(part="x"))
        assert ("Accept", "text/csv") in script.sent[0].headers

    START = reply({"id": "17", "state": "running"}, 202, location="/v1/orders/17?x=%7B1%7D")

    async def test_work_is_followed_as_often_as_the_vendor_says(self) -> None:
        waiting = reply({"state": "running"}, retry_after="5")
        depot, script, clock = self.depot(
            self.START, waiting, reply({"state": "running"}), reply({"state": "done"})
        )
        assert await perform(depot, "order_part", part="b") == Order(id="17", state="done")
        assert clock.passed == pytest.approx(7, abs=0.01)
        assert [one.method for one in script.sent] == ["POST", "GET", "GET", "GET"]
        assert script.sent[1].url == "https://api.depot.test/v1/orders/17?x=%7B1%7D"

    async def test_it_ends_in_time_to_tell_how_far_it_is(self) -> None:
        running = reply({"state": "running"})
        depot, _, clock = self.depot(self.START, *[running] * 99)
        call = call_for(Depot.operations["order_part"], {"part": "b"}, deadline=1010.0)
        assert await perform(depot, "order_part", call, part="b") == Order(id="17", state="running")
        assert 7 <= clock.passed < 10
        assert call.doubt

    @pytest.mark.parametrize(
        "fault", [reply({}, 401), reply({}, 404), reply({}, 500), reply(b"<html>"), LOST, NEVER]
    )
    async def test_what_was_started_runs_whatever_becomes_of_the_asking(
        self, fault: HttpResponse | TransportError
    ) -> None:
        depot, script, _ = self.depot(self.START, *[fault] * 3)
        assert await perform(depot, "order_part", part="b") == Order(id="17", state="running")
        assert [one.method for one in script.sent].count("POST") == 1

    @pytest.mark.parametrize(
        "to", ["https://attacker.test/x", "/v2/orders", "https://api.depot.test/v1/%2e%2e/x", ""]
    )
    async def test_a_link_that_leads_away_is_told_of_what_was_done(self, to: str) -> None:
        depot, script, _ = self.depot(reply({"id": "17", "state": "running"}, 202, location=to))
        with pytest.raises(BadUpstreamReply, match="gives no way on") as caught:
            await perform(depot, "order_part", part="b")
        problem = caught.value.problem()
        assert (problem.executed, problem.retryable, len(script.sent)) == (True, False, 1)

    async def test_a_look_that_fails_is_told(self) -> None:
        depot, _, _ = self.depot(*[LOST] * 3)
        CURRENT.set(Call())
        with pytest.raises(UpstreamUnavailable):
            await depot.files.poll(HttpCall("GET", "/x"), lambda _: True)
        with pytest.raises(BadUpstreamReply):
            depot.files.link(None)

    async def test_pages_pay_one_by_one_and_end_at_a_number(self) -> None:
        depot, script, _ = self.depot(
            *(reply({"parts": [], "next_cursor": str(n)}) for n in range(2, 9))
        )
        parts = await perform(depot, "list_all_parts")
        assert (parts.model_dump()["next_cursor"], len(script.sent)) == ("4", 3)
