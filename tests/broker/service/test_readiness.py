"""Whether `/health/ready` tells what a real broker took away, and that it is there again."""

from service.app import Hub
from service.ownership.rank import weight
from tests.support.hub import Given, lacks_nothing, serving
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


async def says(hub: Hub, text: str) -> None:
    """Wait until the hub says that it lacks this."""

    async def told() -> bool:
        return text in await hub.ready()

    await wait_until(told, 5, text)


async def ready(hub: Hub) -> None:
    """Wait until it lacks nothing."""
    await wait_until(lambda: lacks_nothing(hub), 10, "readiness")


async def test_a_standby_that_the_broker_does_not_answer_is_not_ready(
    amqp_url: str, settings: Given
) -> None:
    other, best = sorted("ab", key=lambda name: weight(name, "notion"))
    alone = settings.but(HUB_INTEGRATIONS="notion")
    async with serving(amqp_url, alone.but(HUB_INSTANCE=best)), Proxy.before(amqp_url) as proxy:
        far = proxy.through(amqp_url)
        async with Hub(alone.but(HUB_INSTANCE=other), far) as hub:
            await ready(hub)
            await wait_until(lambda: not hub.leases["notion"].has_come, 20, "its place in the line")
            proxy.delay(1.0)
            await says(hub, "The broker is silent about the lease of notion.")
            proxy.delay(0.0)
            await ready(hub)
            await proxy.refuse()
            proxy.cut()
            await says(hub, "connection is down")
            await proxy.accept()
            await ready(hub)


async def test_an_owner_whose_renewals_hang_is_not_ready(amqp_url: str, settings: Given) -> None:
    async with Proxy.before(amqp_url) as proxy:
        far = proxy.through(amqp_url)
        async with serving(far, settings.but(HUB_INTEGRATIONS="notion")) as hub:
            proxy.pause("down")
            hub.leases["notion"].renew_now()
            await wait_until(lambda: not hub.leases["notion"].held, 5, "the renewal to be late")
            assert await hub.ready()
            proxy.resume()
            await ready(hub)
