"""The peer: a hand-written aio-pika + aiohttp loop that does the same wire work, and no more.

Consume a request, GET the page, publish the body to `reply_to` with a confirm, acknowledge. No
limits, no checks, no record, no retries, no health.
"""

import asyncio
import json
import sys

import aio_pika
import aiohttp
import uvloop
from aio_pika.abc import AbstractIncomingMessage


async def main(url: str, queue: str, upstream: str) -> None:
    consuming = await aio_pika.connect_robust(url)
    publishing = await aio_pika.connect_robust(url)
    incoming = await consuming.channel()
    await incoming.set_qos(prefetch_count=256)
    outgoing = await publishing.channel(publisher_confirms=True, on_return_raises=True)
    exchange = outgoing.default_exchange
    connector = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def answer(message: AbstractIncomingMessage) -> None:
            params = json.loads(message.body)
            headers = {"Authorization": "Bearer x", "Notion-Version": "2025-09-03"}
            target = f"{upstream}/pages/{params['page_id']}"
            async with session.get(target, headers=headers) as response:
                body = await response.read()
            reply = aio_pika.Message(
                body,
                content_type="application/json",
                correlation_id=message.correlation_id,
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await exchange.publish(reply, message.reply_to or "", mandatory=True, timeout=5)
            await message.ack()

        requests = await incoming.get_queue(queue)
        await requests.consume(answer)
        print("ready", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))
