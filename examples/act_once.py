"""What acts, once: one id for one intent, kept on repeats; a new id for what was mended.

In the sandbox nothing is sent; a hub that has Twilio's keys sends a text.
"""

import asyncio
from uuid import uuid4

from contracts import Failure, OutcomeUnknown
from contracts.twilio import SendMessage
from sdk import Hub

WRONG = SendMessage(to="+15005550001", body="Hello")
MENDED = SendMessage(to="+12025550123", body="The kiln is at 1,240 °C.")


async def send(hub: Hub, message: SendMessage, intent: str) -> None:
    """Ask with the id of this intent, and say what became of it."""
    try:
        sent = await hub.call(message, within=30, request_id=intent)
    except OutcomeUnknown as doubt:
        print("look at Twilio whether it was sent, then decide:", doubt.detail)
    except Failure as failure:
        print(failure.code, failure.problem().outcome)
    else:
        print("sent", sent.sid)


async def main() -> None:
    """Be refused, ask again with the same id, mend it, and ask again with a new one."""
    first, second = f"kiln-{uuid4()}", f"kiln-{uuid4()}"
    async with Hub() as hub:
        await send(hub, WRONG, first)
        await send(hub, WRONG, first)  # the refusal that was kept: Twilio does not hear of it
        await send(hub, MENDED, first)  # refused: this id belongs to another request
        await send(hub, MENDED, second)
        await send(hub, MENDED, second)  # the result that was kept: no second text


asyncio.run(main())
