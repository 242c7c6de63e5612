from dataclasses import dataclass, field

import pytest

from service.ownership.handover import DRAIN_WITHIN, Handover
from service.ownership.owner import YIELD_WITHIN


@dataclass
class Both:
    """Lease and owner in one, writing down what is asked of them."""

    held: bool = True
    log: list[str] = field(default_factory=list)
    fails: bool = False
    drained: bool = True

    async def wind_down(self, within: float) -> bool:
        self.log.append(f"wind down {within:g}")
        return self.drained

    async def stop(self, within: float) -> None:
        self.log.append(f"stop {within:g}")

    def resume(self) -> None:
        self.log.append("resume")

    async def aclose(self) -> None:
        self.log.append("close owner")

    async def yield_to_others(self) -> None:
        self.log.append("yield")
        if self.fails:
            raise RuntimeError

    async def mend(self) -> None:
        self.log.append("mend")

    async def close(self) -> None:
        self.log.append("close lease")


def handover(both: Both) -> Handover:
    return Handover(both, both)  # type: ignore[arg-type]


async def test_what_is_under_way_ends_before_the_lease_goes() -> None:
    both = Both()
    await handover(both).yield_to_others()
    assert both.log == [f"wind down {YIELD_WITHIN:g}", "yield", "resume"]


async def test_while_a_call_hangs_the_lease_is_kept() -> None:
    both = Both(drained=False)
    one, turn = handover(both), [f"wind down {YIELD_WITHIN:g}", "resume"]
    for _ in range(7):
        await one.yield_to_others()
    assert both.log == [*turn, *turn]
    both.drained = True
    for _ in range(6):
        await one.yield_to_others()
    assert both.log[4:] == [turn[0], "yield", "resume"]


async def test_it_serves_again_whatever_happens() -> None:
    both = Both(fails=True)
    with pytest.raises(RuntimeError):
        await handover(both).yield_to_others()
    assert both.log[-1] == "resume"


@pytest.mark.parametrize("held", [True, False])
async def test_retiring(held: bool) -> None:
    both = Both(held=held)
    assert handover(both).held == held
    await handover(both).retire()
    first = [f"stop {DRAIN_WITHIN:g}"] if held else []
    assert both.log == [*first, "close lease", "close owner"]


async def test_a_lost_message_is_mended_by_the_lease() -> None:
    both = Both()
    await handover(both).mend()
    assert both.log == ["mend"]
