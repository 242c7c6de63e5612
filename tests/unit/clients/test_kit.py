"""What a client is given."""

from clients import _kit
from clients._breaker import Breaker
from clients._clock import Clock
from clients._environment import Environment
from clients._gate import Gate
from clients._kit import Kit, gate_for
from clients._limits import Bucket, Limits, Rate
from clients._redact import Redactor
from tests.support.clock import QuickClock
from tests.support.kit import Script


def test_a_line_has_its_own_transport_and_the_gate_of_its_name() -> None:
    gates = {name: Gate(Bucket(), Breaker(), Clock()) for name in ("one", "two")}
    asked: list[str] = []

    def transport(name: str) -> Script:
        asked.append(name)
        return Script()

    kit = Kit(Environment({}), gates, transport, Redactor())
    one, two = kit.way("one"), kit.way("two")
    assert (one.gate, two.gate) == (gates["one"], gates["two"])
    assert asked == ["one", "two"]
    assert one.transport is not two.transport
    assert one.retry is not two.retry
    one.note("one", None, 0.1)
    assert _kit.Way.__dataclass_fields__["note"].default is one.note


def test_who_answers_from_recordings_reads_stand_ins() -> None:
    real, stand_in = Environment({}), Environment({"KEY": "sandbox"})
    gates = {name: Gate(Bucket(), Breaker(), Clock()) for name in ("one", "two")}
    kit = Kit(real, gates, lambda _: Script(), Redactor(), stand_ins={"two": stand_in})
    assert (kit.way("one").env, kit.way("two").env) == (real, stand_in)


def test_a_gate_keeps_its_limits() -> None:
    gate = gate_for(Limits((Rate(1, per=60, burst=1),), 1), QuickClock())
    assert gate.bucket.take(0, 1, 10)
    assert not gate.bucket.take(0, 1, 10)
    assert gate.breaker.state == "closed"
