"""Stub vendors: what Twilio, Notion and NOAA's SWPC answer to the calls that end-to-end tests make.

``Vendor()`` is a handler for `tests.support.upstream.Upstream`; it can hold its answers back.
"""

import asyncio
import inspect
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qs
from uuid import UUID

from tests.support.agent import Agent, all_of, left_in
from tests.support.broker import OwnNames
from tests.support.upstream import Answer, Handler, Received, Upstream, reply

RECORDINGS: Final = Path(__file__).parents[2] / "clients" / "recordings"
TWILIO: Final = "/2010-04-01"
NOTION: Final = "/v1"
SWPC: Final = "/swpc"
KEYS: Final = {
    "TWILIO_ACCOUNT_SID": f"AC{'a' * 32}",
    "TWILIO_AUTH_TOKEN": "canary-twilio",
    "TWILIO_PHONE_NUMBER": "+15005550006",
    "NOTION_API_KEY": "canary-notion",
    "NASA_API_KEY": "canary-nasa",
}


def variables(url: str, limit: str = "100000/1s burst 100000") -> dict[str, str]:
    """Return the settings of a hub whose Twilio and Notion are the stub at `url`."""
    return KEYS | {
        "HUB_SANDBOX": "off",
        "HUB_HEALTH_INTERVAL": "3600",  # calls are counted, so none is a probe's
        "HUB_INTEGRATIONS": "notion,twilio",
        "TWILIO_API_URL": url + TWILIO,
        "TWILIO_API_LIMIT": limit,
        "NOTION_API_URL": url + NOTION,
        "NOTION_LIMIT": limit,
        "SPACE_WEATHER_SWPC_URL": url + SWPC,
        "SPACE_WEATHER_SWPC_LIMIT": limit,
    }


def sms(text: str) -> dict[str, str]:
    """Return the parameters of a `twilio.send_message`."""
    return {"to": "+12025550123", "body": text}


def page(number: int) -> dict[str, str]:
    """Return the parameters of a `notion.get_page`; no two numbers are the same page."""
    return {"page_id": str(UUID(int=0x5C6A28216BB14A7E << 64 | 8 << 60 | number))}


class Vendor:
    """Answers messages and pages, at once or when it is released."""

    def __init__(self) -> None:
        self.waiting: Counter[str] = Counter()
        """Calls that were read and not answered, by vendor."""
        self._held = {vendor: asyncio.Event() for vendor in (TWILIO, NOTION, SWPC)}
        self.release()

    def hold(self, *vendors: str) -> None:
        """From now on read, and answer nothing."""
        for vendor in vendors or self._held:
            self._held[vendor].clear()

    def release(self, *vendors: str) -> None:
        """Answer all that wait, and what comes."""
        for vendor in vendors or self._held:
            self._held[vendor].set()

    async def __call__(self, request: Received) -> bytes:
        vendor = f"/{request.target.split('/')[1]}"
        self.waiting[vendor] += 1
        try:
            await self._held[vendor].wait()
        finally:
            self.waiting[vendor] -= 1
        return _ANSWERS[vendor](request)


class Stub:
    """A vendor whose answers a test replaces as it goes; None is the vendor's own."""

    up: Upstream

    def __init__(self) -> None:
        self.vendor = Vendor()
        self.answer: Handler | Answer | None = None

    @property
    def calls(self) -> int:
        """How many requests arrived."""
        return len(self.up.requests)

    async def __call__(self, request: Received) -> Answer:
        given: Any = self.answer
        answer = given(request) if callable(given) else given
        if inspect.isawaitable(answer):
            answer = await answer
        return await self.vendor(request) if answer is None else cast("Answer", answer)


def texts(requests: Iterable[Received]) -> Counter[str]:
    """Return how often each text was given to Twilio to send: the truth about unsafe calls."""
    sent = (one for one in requests if one.method == "POST" and one.target.startswith(TWILIO))
    return Counter(_form(one)["Body"] for one in sent)


def _message(request: Received) -> bytes:
    form = _form(request)
    recorded = {"body": form["Body"], "to": form["To"], "from": form["From"]}
    return reply(201, json=_recorded("twilio/send_message.success") | recorded)


def _page(request: Received) -> bytes:
    id_ = request.target.rpartition("/")[2]
    return reply(json=_recorded("notion/get_page.success") | {"id": id_})


def _kp_index(_: Received) -> bytes:
    return reply(json=_recorded("space_weather/get_kp_index.success"))


_ANSWERS: Final = {TWILIO: _message, NOTION: _page, SWPC: _kp_index}


def _form(request: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


@cache
def _recorded(name: str) -> Any:  # noqa: ANN401  (JSON enters here)
    said = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return said["exchanges"][0]["response"]["body"]


async def ask(agent: Agent, acts: Iterable[str], reads: Iterable[str]) -> None:
    """Ask for everything at once: messages by their ids, pages by their correlation ids."""
    await all_of(
        *(agent.send("twilio.send_message", sms(id_), id=id_) for id_ in acts),
        *(
            agent.send("notion.get_page", page(number), correlation_id=id_)
            for number, id_ in enumerate(reads)
        ),
    )


async def quiet(url: str, names: OwnNames) -> bool:
    """Whether nothing is left in any queue."""
    shared = [names.dropped, names.unrouted, names.dead_letters]
    own = [names.queue(one) for one in ("notion", "twilio")]
    return not any((await left_in(url, [*shared, *own])).values())
