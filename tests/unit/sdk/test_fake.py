"""The double that agents test against: as strict as a hub, and with no broker."""

import inspect

import pytest

from contracts import DidEvent as Did
from contracts import (
    Failure,
    HealthEvent,
    InvalidRequest,
    LimitEvent,
    OwnsEvent,
    Request,
    UnknownOperation,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from contracts.space_weather import GetKpForecast, GetKpIndex, KpForecast, KpIndex, KpSample
from sdk import FakeHub, Hub, NotScripted

QUIET = KpIndex(samples=[])
STORM = KpIndex.model_validate({"samples": [{"time": "2026-03-08T00:00:00Z", "kp": 7.67}]})


async def test_it_answers_as_scripted_and_keeps_what_it_was_asked() -> None:
    async with FakeHub() as hub:
        hub.answer(GetKpIndex, STORM)
        assert await hub.call(GetKpIndex()) == STORM
        untyped = await hub.call("space_weather.get_kp_index", within=5, request_id="id-1")
        assert untyped["samples"][0]["kp"] == 7.67
        assert hub.asked(GetKpIndex) == [GetKpIndex(), GetKpIndex()]
        assert hub.asked(GetKpForecast) == []
        assert [(one.operation, one.options.within, one.request_id) for one in hub.log][1] == (
            "space_weather.get_kp_index",
            5,
            "id-1",
        )


async def test_several_outcomes_are_given_in_turn_and_one_more_is_refused() -> None:
    async with FakeHub() as hub:
        hub.answer(GetKpIndex, QUIET, UpstreamUnavailable("down"), STORM)
        assert await hub.call(GetKpIndex()) == QUIET
        with pytest.raises(UpstreamUnavailable, match="down"):
            await hub.call(GetKpIndex())
        assert await hub.call(GetKpIndex()) == STORM
        with pytest.raises(NotScripted, match="more often than the 3 times"):
            await hub.call(GetKpIndex())


async def test_a_failure_arrives_as_it_would_from_a_hub() -> None:
    async with FakeHub() as hub:
        hub.answer("space_weather.get_kp_index", UpstreamThrottled("later"))
        with pytest.raises(UpstreamThrottled, match="later") as caught:
            await hub.call(GetKpIndex(), request_id="id-1")
    assert caught.value.facts.operation == "space_weather.get_kp_index"
    assert caught.value.facts.integration == "space_weather"
    assert caught.value.__notes__ == ["request id id-1"]


async def test_an_answer_may_be_made_from_the_request() -> None:
    def two_samples(_: GetKpIndex) -> KpIndex:
        sample = KpSample.model_validate({"time": "2026-03-08T00:00:00Z", "kp": None})
        return KpIndex(samples=[sample, sample])

    async with FakeHub() as hub:
        hub.compute(GetKpIndex, two_samples)
        assert len((await hub.call(GetKpIndex())).samples) == 2


async def test_what_a_function_makes_has_to_fit_too() -> None:
    async with FakeHub() as hub:
        hub.compute(GetKpIndex, lambda _: KpForecast(samples=[]))
        with pytest.raises(TypeError, match="answers with KpIndex or a Failure, not with KpForec"):
            await hub.call(GetKpIndex())


@pytest.mark.parametrize("wrong", [KpForecast(samples=[]), {"samples": []}, None, "kp 3"])
def test_an_outcome_of_another_type_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="answers with KpIndex or a Failure, not with"):
        FakeHub().answer(GetKpIndex, wrong)  # type: ignore[arg-type]


def test_no_outcome_at_all_is_refused() -> None:
    with pytest.raises(TypeError, match="Say what"):
        FakeHub().answer(GetKpIndex)


def test_an_operation_that_does_not_exist_cannot_be_scripted() -> None:
    with pytest.raises(UnknownOperation, match=r"Did you mean space_weather\.get_kp_index"):
        FakeHub().answer("space_wether.get_kp_index", QUIET)
    with pytest.raises(TypeError, match="Request is no operation"):
        FakeHub().answer(Request, QUIET)


async def test_what_nothing_is_scripted_for_ends_the_test_not_the_call() -> None:
    async with FakeHub() as hub:
        with pytest.raises(NotScripted, match=r"hub\.answer\(GetKpIndex, …\)") as caught:
            await hub.call(GetKpIndex())
    assert not isinstance(caught.value, Failure)


async def test_a_request_that_a_hub_would_refuse_is_refused() -> None:
    async with FakeHub() as hub:
        with pytest.raises(InvalidRequest) as caught:
            await hub.call("space_weather.get_kp_index", days=3)
        assert [one.field for one in caught.value.facts.errors] == ["days"]
        with pytest.raises(UnknownOperation):
            await hub.call("space_weather.get_weather")
        assert hub.log == []


async def test_progress_is_told_before_the_answer() -> None:
    heard: list[tuple[int | None, float | None]] = []
    async with FakeHub() as hub:
        hub.answer(GetKpIndex, QUIET)
        hub.progress(GetKpIndex, (None, None), (4, 1.5))
        await hub.call(GetKpIndex(), progress=lambda *said: heard.append(said))
    assert heard == [(None, None), (4, 1.5)]


async def test_what_is_submitted_has_its_reply_among_the_later_ones() -> None:
    async with FakeHub() as hub:
        hub.answer(GetKpIndex, QUIET, UpstreamUnavailable("down"))
        first = await hub.submit(GetKpIndex())
        second = await hub.submit("space_weather.get_kp_index")
        assert [one.submitted for one in hub.log] == [True, True]
        replies = hub.replies()
        reply = await anext(replies)
        assert (reply.request_id, reply.result(GetKpIndex)) == (first, QUIET)
        reply = await anext(replies)
        assert reply.request_id == second
        with pytest.raises(UpstreamUnavailable):
            reply.check()


EVENTS = {
    "health.notion.down": HealthEvent(
        integration="notion", state="down", since="2026-03-08T00:00:00Z", hub="a"
    ),
    "limit.notion.low": LimitEvent(
        integration="notion", upstream="api", level="low", tokens_left=1, eta=0.5, hub="a"
    ),
    "hub.a.owns": OwnsEvent(instance="a", store="s", modes={}),
    "hub.a.pause": Did(instance="a", store="s", did="pause", id="1"),
}


@pytest.mark.parametrize(("key", "event"), EVENTS.items())
async def test_events_are_told_under_their_keys(key: str, event: HealthEvent) -> None:
    async with FakeHub() as hub:
        hub.tell(event)
        async for told in hub.events():
            assert told.key == key
            assert told.read(type(event)) == event
            break


async def test_orders_are_kept_and_obeyed() -> None:
    async with FakeHub() as hub:
        assert await hub.order("pause", "notion") == "done by FakeHub"
        assert [(one.do, one.integration) for one in hub.orders] == [("pause", "notion")]


def test_it_has_the_whole_interface_of_a_hub() -> None:
    assert issubclass(FakeHub, Hub)
    changed = {name for name in vars(FakeHub) if name in vars(Hub) and name != "__doc__"}
    assert changed == {"__init__", "__module__", "_make_way"}
    assert list(inspect.signature(FakeHub).parameters) == []
