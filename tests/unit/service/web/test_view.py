from dataclasses import dataclass, field

import pytest

from contracts import UpstreamUnavailable
from contracts._events import HealthEvent
from service.metrics import Metrics
from service.settings import Settings
from service.web.view import HubView
from tests.support.heard import delivered
from tests.support.shop import Bench, FakeOwner

DOWN = UpstreamUnavailable("gone")


@dataclass
class FakeHub:
    """A hub with one integration."""

    settings: Settings
    bench: Bench = field(default_factory=Bench)
    trouble: str = ""

    @property
    def owners(self) -> dict[str, FakeOwner]:
        return {"shop": self.bench.owner}

    @property
    def metrics(self) -> Metrics:
        return self.bench.metrics

    async def ready(self) -> str:
        return self.trouble


@pytest.fixture
def hub(nothing_set: pytest.MonkeyPatch) -> FakeHub:
    nothing_set.setenv("SHOP_API_LIMIT", "2/1s burst 10")
    return FakeHub(Settings())


def down() -> HealthEvent:
    """What another hub tells when it is down."""
    other = Bench().owner.integration.health
    for upstream in ("api", "rare", "locked", "dumb"):
        for _ in range(2):
            other.note(upstream, DOWN, 0.1)
    return other.snapshot().model_copy(update={"hub": "vm-2"})


async def test_it_is_as_ready_as_the_hub(hub: FakeHub) -> None:
    view = HubView(hub)
    assert await view.ready() == ""
    hub.trouble = "The publish connection is down."
    assert await view.ready() == "The publish connection is down."
    assert list(view.names()) == ["shop"]
    assert b"process_resident_memory_bytes" in view.metrics()


def test_one_row_has_what_it_does_how_it_is_and_what_is_left(hub: FakeHub) -> None:
    (row,) = HubView(hub).integrations()
    health, limits = row.pop("health"), row.pop("limits")
    assert row == {
        "name": "shop",
        "mode": "configured",
        "owned": True,
        "serving": True,
        "paused": False,
    }
    assert (health["integration"], health["state"], health["hub"]) == ("shop", "up", "vm-1")
    found = {one.pop("upstream"): one for one in limits}
    assert found["api"] == {"allowed": "2/s burst 10", "left": 10.0, "eta": 0.0, "waiting": 0}
    assert found["dumb"] == {"allowed": "", "left": None, "eta": 0.0, "waiting": 0}


def test_all_about_one_has_its_facts_too(hub: FakeHub) -> None:
    shown = HubView(hub).integration("shop")
    assert (shown["name"], shown["owned"]) == ("shop", True)
    assert {one["name"] for one in shown["upstreams"]} == {"api", "rare", "locked", "dumb"}


def test_what_nothing_can_pass_has_no_end_in_sight(hub: FakeHub) -> None:
    hub.bench.owner.integration.gates["api"].breaker.retry_at = float("inf")
    (row,) = HubView(hub).integrations()
    assert next(one for one in row["limits"] if one["upstream"] == "api")["eta"] is None


def test_of_what_another_hub_owns_it_shows_what_that_one_told(hub: FakeHub) -> None:
    view = HubView(hub)
    hub.bench.owner.held = False
    assert view.health("shop")["state"] == "up"
    view.hear(delivered("health.shop.down", down()))
    view.hear(delivered("health.other.down", down().model_copy(update={"integration": "other"})))
    view.hear(delivered("health.shop.down", b"no json"))
    assert view.heard.keys() == {"shop"}  # what this hub does not know it does not keep
    shown = view.health("shop")
    assert (shown["state"], shown["hub"]) == ("down", "vm-2")
    (row,) = view.integrations()
    assert {one["left"] for one in row["limits"]} == {None}


def test_who_takes_over_goes_on_from_there(hub: FakeHub) -> None:
    view = HubView(hub)
    hub.bench.owner.held = False
    view.hear(delivered("health.shop.down", down()))
    hub.bench.owner.held = True
    assert view.health("shop")["state"] == "down"
    assert view.health("shop")["hub"] == "vm-1"
    view.hear(delivered("health.shop.up", Bench().owner.integration.health.snapshot()))
    assert view.health("shop")["state"] == "down"  # its own word counts now


def test_what_was_spent_is_no_longer_left(hub: FakeHub) -> None:
    now = hub.bench.clock.now()
    assert hub.bench.owner.integration.gates["api"].bucket.take(now, 1, now + 30)
    (row,) = HubView(hub).integrations()
    assert next(one for one in row["limits"] if one["upstream"] == "api")["left"] == 9.0
