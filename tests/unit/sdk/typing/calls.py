"""What the type checker knows of calls: run through mypy by `test_typing.py`, never executed.

Strict mypy reports a `type: ignore` that ignores nothing: each of those here proves an error.
"""

from typing import Any, assert_type

from contracts import HealthEvent
from contracts.notion import Appended, AppendText, GetPage, Page
from contracts.space_weather import GetKpIndex, KpIndex
from sdk import Event, FakeHub, Hub, Reply, Stream


async def typed(hub: Hub) -> None:
    assert_type(await hub.call(GetPage(page_id="x")), Page)
    assert_type(await hub.call(GetPage(page_id="x"), within=5, request_id="a", fresh=True), Page)
    assert_type(await hub.call(AppendText(page_id="x", text="y")), Appended)
    await hub.call(GetPage(page_id="x"), progress=tell)


def tell(place: int | None, eta: float | None) -> None: ...


async def untyped(hub: Hub) -> None:
    assert_type(await hub.call("notion.get_page", page_id="x"), Any)
    assert_type(await hub.ask("notion.get_page", {"page_id": "x"}), Reply)


async def later(hub: Hub) -> None:
    assert_type(await hub.submit(GetPage(page_id="x")), str)
    assert_type(await hub.submit("notion.get_page", page_id="x"), str)
    assert_type(hub.replies(), Stream[Reply])
    async for reply in hub.replies():
        assert_type(reply, Reply)
        assert_type(reply.result(GetPage), Page)
        assert_type(reply.result(), Any)


async def told(hub: Hub) -> None:
    async with hub.events("health.#") as events:
        assert_type(events, Stream[Event])
        async for event in events:
            assert_type(event.read(HealthEvent), HealthEvent)


def faked(fake: FakeHub) -> None:
    hub: Hub = fake
    fake.answer(GetKpIndex, KpIndex(samples=[]))
    fake.compute(GetKpIndex, lambda _: KpIndex(samples=[]))
    assert_type(fake.asked(GetKpIndex), list[GetKpIndex])
    del hub


async def wrong(hub: Hub, fake: FakeHub) -> None:
    await hub.call(GetPage(page_id="x", page=1))  # type: ignore[call-arg]
    await hub.call(GetPage())  # type: ignore[call-arg]
    await hub.call(GetPage(page_id="x"), withn=5)  # type: ignore[call-overload]
    await hub.call(GetPage(page_id="x"), within="5")  # type: ignore[call-overload]
    await hub.call(Page)  # type: ignore[call-overload]
    page: KpIndex = await hub.call(GetPage(page_id="x"))  # type: ignore[arg-type]
    fake.answer(GetKpIndex, "kp 3")  # type: ignore[arg-type]
    fake.compute(GetKpIndex, lambda request: request.kp)  # type: ignore[attr-defined]
    del page
