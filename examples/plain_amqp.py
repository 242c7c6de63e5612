"""A call without our SDK, from any AMQP client: prints the newest planetary K index.

HUB_AMQP_URL is the broker; `hub up` writes its own into `addresses.json` in its data folder.
"""

import asyncio
import json
import os
from urllib.parse import unquote, urlsplit

import aio_pika

URL = os.environ["HUB_AMQP_URL"]


async def main() -> None:
    """Publish the parameters with a `reply_to`, and wait for the reply."""
    async with await aio_pika.connect(URL) as connection:
        channel = await connection.channel()
        mine = await channel.declare_queue(exclusive=True)
        requests = await channel.get_exchange(os.environ.get("HUB_PREFIX", "hub") + ".requests")
        me = unquote(urlsplit(URL).username or "guest")
        message = aio_pika.Message(b"{}", reply_to=mine.name, user_id=me)
        await requests.publish(message, "space_weather.get_kp_index")
        async with mine.iterator(no_ack=True, timeout=30) as replies:
            reply = await anext(replies)
        print("Kp", json.loads(reply.body)["samples"][-1]["kp"])


asyncio.run(main())
