"""The seam has two sides, and both fit it."""

from sdk._address import Address
from sdk._broker import Broker
from sdk._script import Script, ScriptedWay
from sdk._way import Way


async def test_broker_and_script_are_ways() -> None:
    ways: list[Way] = [Broker(Address("amqp://host/"), ""), ScriptedWay(Script())]
    wanted = {name for name in vars(Way) if not name.startswith("_")}
    assert all(wanted <= set(dir(way)) for way in ways)
    assert wanted == {"trouble", "open", "aclose", "ask", "submit", "replies", "events", "command"}
