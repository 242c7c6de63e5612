"""Makes the faults of a plan happen, one after the other, each at its place among the requests."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from tests.faults.history import Happened
from tests.faults.load import Load, until
from tests.faults.plan import Fault
from tests.faults.world import World
from tests.support.wait import wait_until

DOWN: Final = 2.0
"""Seconds for which a dead hub stays dead."""
_DOOMED_WITHIN: Final = 6.0
_AFTERWARDS: Final = 3.0
"""Seconds between two faults."""
_PLENTY = "0.3"
_NOTHING = "0.0000001"


async def lasting(seconds: float) -> None:
    """Let a fault last so long."""
    await until(time.monotonic() + seconds)


class Strikes:
    """All faults of a run."""

    def __init__(self, world: World, load: Load, tell: Callable[[str], None]) -> None:
        self._world = world
        self._load = load
        self._tell = tell
        self.happened: list[Happened] = []
        self._since = 0.0
        self._kinds: dict[str, Callable[[Fault], Awaitable[None]]] = {
            "F1": self._kill_broker,
            "F2": self._close_all,
            "F3": self._freeze_broker,
            "F4": self._silence,
            "F5": self._reset,
            "F6": self._cut_after,
            "F7": self._slow,
            "F8": self._alarm,
            "F9": self._delete_queue,
            "F11": self._kill_hub,
            "F12": self._stop_hub,
            "F13": self._freeze_hub,
            "F14": self._misbehave,
            "F15": self._agent_dies,
        }

    async def run(self) -> None:
        """Make them happen; the load never gets further than the fault after the next."""
        faults, load = self._world.plan.faults, self._load
        places = [*(fault.at for fault in faults), self._world.plan.requests]
        for fault, following in zip(faults, places[1:], strict=True):
            load.gate = fault.at
            await load.reached(fault.at)
            load.gate = following
            began = time.monotonic()
            self._since = began
            await self._kinds[fault.kind](fault)
            ended, params = time.monotonic(), {**fault.params}
            self.happened.append(Happened(fault.id, fault.kind, began, ended, self._since, params))
            self._tell(f"{fault} ({ended - began:.1f} s)")
            await lasting(_AFTERWARDS)
        load.gate = self._world.plan.requests + 1

    async def _kill_broker(self, _: Fault) -> None:
        self._world.node.kill()
        await self._world.node.start()
        self._since = time.monotonic()

    async def _close_all(self, _: Fault) -> None:
        await self._world.node.ctl("close_all_connections", "a fault of the test")

    async def _freeze_broker(self, fault: Fault) -> None:
        self._world.node.freeze()
        await lasting(float(fault.params["seconds"]))
        self._world.node.thaw()
        self._since = time.monotonic()

    async def _silence(self, fault: Fault) -> None:
        proxy, way = self._world.proxies[str(fault.params["of"])], fault.params["way"]
        assert way in {"up", "down"}
        gone = fault.params["bytes"] == "gone"
        (proxy.blackhole if gone else proxy.pause)(way)  # type: ignore[arg-type]
        await lasting(float(fault.params["seconds"]))
        if gone:
            proxy.cut()  # what lost bytes cannot go on
        proxy.heal()

    async def _reset(self, fault: Fault) -> None:
        self._world.proxies[str(fault.params["of"])].cut()

    async def _cut_after(self, fault: Fault) -> None:
        proxy, way = self._world.proxies[str(fault.params["of"])], fault.params["way"]
        for turn in range(int(fault.params["cuts"])):
            proxy.cut_after(int(fault.params["after"]) * 2**turn, way)  # type: ignore[arg-type]
            await lasting(1.5)
        proxy.heal()

    async def _slow(self, fault: Fault) -> None:
        proxy = self._world.proxies[str(fault.params["of"])]
        proxy.delay(float(fault.params["delay"]))
        await lasting(float(fault.params["seconds"]))
        proxy.heal()

    async def _alarm(self, fault: Fault) -> None:
        node = self._world.node
        await node.ctl("set_vm_memory_high_watermark", _NOTHING)
        await lasting(float(fault.params["seconds"]))
        await node.ctl("set_vm_memory_high_watermark", _PLENTY)

    async def _delete_queue(self, fault: Fault) -> None:
        agent = self._world.plain[int(fault.params["agent"])]
        await self._world.delete(agent.queue)
        await lasting(1.0)
        agent.restart()

    async def _kill_hub(self, fault: Fault) -> None:
        """Wait for its doom; where that does not come, kill it anywhere."""
        hub = self._world.hubs[str(fault.params["hub"])]
        if "held" in fault.params:
            await self._kill_silenced(fault)
            return
        last = time.monotonic() + _DOOMED_WITHIN
        await wait_until(lambda: not hub.alive or time.monotonic() > last, 60)
        hub.kill()
        self._since = time.monotonic()
        await self._replaced(fault)

    async def _kill_silenced(self, fault: Fault) -> None:
        """Hold back what the hub says, and kill it before anybody misses that."""
        name = str(fault.params["hub"])
        proxy = self._world.proxies[name]
        proxy.pause("up")
        await lasting(float(fault.params["held"]))
        self._world.hubs[name].kill()
        proxy.cut()
        proxy.heal()
        self._since = time.monotonic()
        await self._replaced(fault)

    async def _stop_hub(self, fault: Fault) -> None:
        await self._world.hubs[str(fault.params["hub"])].stop()
        await self._replaced(fault)

    async def _freeze_hub(self, fault: Fault) -> None:
        hub = self._world.hubs[str(fault.params["hub"])]
        hub.freeze()
        await lasting(float(fault.params["seconds"]))
        hub.thaw()

    async def _misbehave(self, fault: Fault) -> None:
        vendor, how = str(fault.params["vendor"]), str(fault.params["how"])
        self._world.stubs.order(vendor, how, float(fault.params["share"]))
        await lasting(float(fault.params["seconds"]))
        self._world.stubs.order(vendor, "ok")

    async def _agent_dies(self, fault: Fault) -> None:
        self._world.plain[int(fault.params["agent"])].restart()

    async def _replaced(self, fault: Fault) -> None:
        await lasting(DOWN)
        name = str(fault.params["hub"])
        hub = self._world.hubs[name]

        async def ready() -> bool:
            if not hub.alive:  # what supervises it starts it again
                self._world.launch(name, fault.at)
            return await hub.ready()

        await wait_until(ready, 120, f"hub {name} ready again")
