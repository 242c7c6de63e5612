"""Hears of a dead letter as it is written, after asking as one who is gone before the reply.

HUB_AMQP_URL is the broker, with the hub's own user: agents may not hear of each other's letters.
"""

import asyncio
import os

import aio_pika


async def main() -> None:
    """Ask with a queue for the reply that is gone, and print what the letter says."""
    prefix = os.environ.get("HUB_PREFIX", "hub")
    async with await aio_pika.connect(os.environ["HUB_AMQP_URL"]) as connection:
        channel = await connection.channel()
        letters = await channel.declare_queue(exclusive=True)
        await letters.bind(f"{prefix}.dead", "space_weather.#")
        gone = await channel.declare_queue(exclusive=True)
        await gone.delete()
        requests = await channel.get_exchange(f"{prefix}.requests")
        message = aio_pika.Message(b"{}", reply_to=gone.name)
        await requests.publish(message, "space_weather.get_kp_index")
        async with letters.iterator(no_ack=True, timeout=30) as heard:
            letter = await anext(heard)
        print(letter.routing_key, letter.headers["hub-reason"])


asyncio.run(main())
