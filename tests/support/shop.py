"""A small integration with four upstreams, owned by this hub, on a clock that never waits."""

from dataclasses import dataclass, field

from clients._auth import Bearer
from clients._client import Client
from clients._environment import Environment
from clients._http import HttpRequest, HttpResponse
from clients._kit import Kit
from clients._limits import HOUR, Rate
from clients._pool import Lazy
from clients._redact import Redactor
from clients._upstream import Upstream
from service.integration import Integration, Means
from service.metrics import Metrics
from service.ownership.owner import Telling
from tests.support.clock import QuickClock
from tests.support.heard import Told
from tests.support.kit import Script, reply


class Shop(Client):
    """A shop."""

    api = Upstream("https://shop.test", probe="/ping", limits=[Rate(1, per=1, burst=10)])
    rare = Upstream("https://rare.test", probe="/ping", limits=[Rate(1000, per=HOUR)])
    locked = Upstream("https://locked.test", auth=Bearer("SHOP_KEY"), probe="/ping")
    dumb = Upstream("https://dumb.test")


@dataclass
class FakeOwner:
    """A holder of the lease that only stands there."""

    integration: Integration
    telling: Telling
    held: bool = True
    serving: bool = True
    paused: bool = False


@dataclass
class Bench:
    """One hub that owns the shop."""

    variables: dict[str, str] = field(default_factory=dict)
    clock: QuickClock = field(default_factory=QuickClock)
    told: Told = field(default_factory=Told)
    metrics: Metrics = field(default_factory=Metrics)
    answer: HttpResponse = field(default_factory=reply)
    probed: list[tuple[float, str]] = field(default_factory=list)
    """When, and at which address."""

    def __post_init__(self) -> None:
        env = Environment(self.variables)
        means = Means(env, Redactor(), self.clock, "vm-1")
        integration = Integration(Shop, means)
        telling = Telling(integration, self.told, self.metrics)
        kit = Kit(
            env=env,
            gates=integration.gates,
            transports=lambda _: Script(self._answer),
            redact=means.redact,
            clock=self.clock,
            note=telling.note,
        )
        integration.client = Lazy(lambda: Shop(kit))
        self.owner = FakeOwner(integration, telling)
        telling.settled(paused=False)
        self.told.all.clear()
        self.told.at.clear()
        self.told.clock = lambda: self.clock.passed

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.probed.append((self.clock.passed, request.url.split("/")[2].partition(".")[0]))
        return self.answer
