from dataclasses import dataclass, field

import pytest

from contracts._events import DidEvent
from service.ownership.control import Commands, order
from service.ownership.state import Identity
from tests.support.heard import Told, delivered


@dataclass
class FakeOwner:
    paused: list[bool] = field(default_factory=list)

    def pause(self, *, paused: bool) -> None:
        self.paused.append(paused)


@dataclass
class FakeLease:
    held: bool
    paused: list[bool] = field(default_factory=list)

    def set_paused(self, *, paused: bool) -> None:
        self.paused.append(paused)


@dataclass
class Bench:
    """One hub that owns notion and stands by for twilio; only `hub` and `olga` give orders."""

    told: Told = field(default_factory=Told)
    spoken: list[str] = field(default_factory=list)
    owners: dict[str, FakeOwner] = field(
        default_factory=lambda: {"notion": FakeOwner(), "twilio": FakeOwner()}
    )
    leases: dict[str, FakeLease] = field(
        default_factory=lambda: {"notion": FakeLease(held=True), "twilio": FakeLease(held=False)}
    )

    def take(self, body: bytes, user: str | None = "hub") -> None:
        commands = Commands(
            may=lambda user: user in {"hub", "olga"},
            who=Identity("vm-1", "store"),
            owners=self.owners,
            leases=self.leases,
            events=self.told,
            speak=lambda: self.spoken.append("owns"),
        )
        commands.take(delivered("", body, user))

    def obey(self, do: str, integration: str | None = None, user: str = "hub") -> None:
        self.take(order(do, integration).model_dump_json().encode(), user)


@pytest.mark.parametrize(
    ("do", "paused", "said"),
    [("pause", True, "notion is paused."), ("resume", False, "notion is served again.")],
)
def test_the_owner_pauses_and_keeps_it_in_the_lease(do: str, paused: bool, said: str) -> None:
    bench = Bench()
    bench.obey(do, "notion", user="olga")
    assert bench.owners["notion"].paused == [paused]
    assert bench.leases["notion"].paused == [paused]
    ((key, event),) = bench.told.all
    assert key == f"hub.vm-1.{do}"
    assert isinstance(event, DidEvent)
    assert (event.did, event.integration, event.detail) == (do, "notion", said)
    assert (event.instance, event.store) == ("vm-1", "store")


@pytest.mark.parametrize("integration", ["twilio", "unknown", None])
def test_who_does_not_own_it_leaves_it_to_the_owner(integration: str | None) -> None:
    bench = Bench()
    bench.obey("pause", integration)
    assert bench.told.all == []
    assert bench.owners["twilio"].paused == bench.leases["twilio"].paused == []


def test_every_hub_says_who_it_is() -> None:
    bench = Bench()
    bench.obey("who")
    assert bench.spoken == ["owns"]
    assert bench.told.keys == ["hub.vm-1.who"]


def test_what_is_not_done_is_not_claimed() -> None:
    bench = Bench()
    bench.obey("reload_keys")
    ((_, event),) = bench.told.all
    assert isinstance(event, DidEvent)
    assert event.detail.startswith("Not done")


@pytest.mark.parametrize(
    ("body", "user"),
    [
        (order("pause", "notion").model_dump_json().encode(), "alice"),
        (order("pause", "notion").model_dump_json().encode(), None),
        (b'{"do": "drop_everything", "id": "1"}', "hub"),
        (b"no json", "hub"),
        (b"\xff", "hub"),
    ],
    ids=["stranger", "nobody", "unknown", "no JSON", "no text"],
)
def test_other_users_and_nonsense_change_nothing(body: bytes, user: str | None) -> None:
    bench = Bench()
    bench.take(body, user)
    assert bench.told.all == []
    assert bench.owners["notion"].paused == []


def test_each_order_has_an_id_of_its_own() -> None:
    assert order("who").id != order("who").id
