"""Hooks of five platforms. The address of a hook is its key: configuration names it, nobody else.

Several hooks of one platform: ``AUTOMATION_HUB_ZAPIER_HOOKS=alerts,orders`` and for each
``AUTOMATION_HUB_ALERTS_ZAPIER_URL``. None of the platforms drops repeats, so nothing is sent twice.
https://docs.zapier.com/platform/build/operating-constraints  https://ifttt.com/maker_webhooks
https://help.make.com/webhooks  https://pipedream.com/docs/workflows/building-workflows/triggers
https://www.activepieces.com/docs
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import orjson

from clients._api import Api, HttpCall
from clients._auth import Auth, Bearer, FirstOf, Names, NoAuth
from clients._body import json_of
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._reading import Whole
from clients._target import text
from clients._upstream import Upstream
from contracts import Failure, InvalidRequest, NotConfigured, OutcomeUnknown, UpstreamRejected
from contracts.automation_hub import (
    Broadcast,
    Broadcasted,
    Delivery,
    Envelope,
    Failed,
    Trigger,
    TriggerActivepieces,
    TriggerIfttt,
    TriggerIftttJson,
    TriggerMake,
    TriggerPipedream,
    TriggerZapier,
)

_ZAPIER: Final = "https://docs.zapier.com/platform/build/operating-constraints"
_LOOK: Final = "The platform's own history shows whether it arrived."
_IFTTT: Final = "/trigger/{event_name}/json/with/key/{IFTTT_WEBHOOK_KEY}"
SAMPLES: Final = {
    "AUTOMATION_HUB_ZAPIER_URL": "https://hooks.zapier.com/hooks/catch/0/sample/",
    "IFTTT_WEBHOOK_KEY": "sandbox",
    "AUTOMATION_HUB_MAKE_URL": "https://hook.eu1.make.com/sample",
    "AUTOMATION_HUB_PIPEDREAM_URL": "https://sample.m.pipedream.net/events",
    "AUTOMATION_HUB_ACTIVEPIECES_URL": "https://cloud.activepieces.com/api/v1/webhooks/sample",
}
_REFUSED: Final = range(402, 429)
_SHOWN: Final = 200


@dataclass(frozen=True)
class PathKey(Auth):
    """A secret that stands in the path, as ``{NAME}``."""

    name: str

    @property
    def groups(self) -> tuple[Names, ...]:
        """The one secret."""
        return ((self.name,),)


class Hooks(Client):
    """The hooks; not one has a probe, for whatever is sent there runs an automation."""

    zapier = Upstream(
        "",
        limits=[
            Rate(30, per=1, source=_ZAPIER),
            Rate(10_000, per=5 * MINUTE, source=_ZAPIER),
        ],
        aliases=("ZAPIER_WEBHOOK_URL",),
        instances="AUTOMATION_HUB_ZAPIER_HOOKS",
        secret_url=True,
    )
    ifttt = Upstream(
        "https://maker.ifttt.com",
        auth=PathKey("IFTTT_WEBHOOK_KEY"),
        limits=[Rate(1, per=1, burst=5, source="https://ifttt.com/maker_webhooks")],  # ours
    )
    make = Upstream(
        "",
        limits=[Rate(300, per=10, source="https://help.make.com/webhooks")],
        aliases=("MAKE_WEBHOOK_URL",),
        instances="AUTOMATION_HUB_MAKE_HOOKS",
        secret_url=True,
    )
    pipedream = Upstream(
        "",
        auth=FirstOf((Bearer("PIPEDREAM_API_KEY"), NoAuth())),
        limits=[Rate(10, per=1, source="https://pipedream.com/docs/workflows/limits")],
        aliases=("PIPEDREAM_ENDPOINT",),
        bare="https://{}.m.pipedream.net",
        instances="AUTOMATION_HUB_PIPEDREAM_HOOKS",
        secret_url=True,
    )
    activepieces = Upstream(
        "",
        # documents no rate: ours
        limits=[
            Rate(5, per=1, burst=20, source="https://www.activepieces.com/docs/flows/known-limits")
        ],
        aliases=("ACTIVEPIECES_WEBHOOK_URL",),
        instances="AUTOMATION_HUB_ACTIVEPIECES_HOOKS",
        secret_url=True,
    )
    exempt: ClassVar = {"probe": "Whatever is sent to a hook, even a GET, runs its automation."}

    @operation("unsafe", look=_LOOK)
    async def trigger_zapier(self, request: TriggerZapier) -> Delivery:
        """Send an event to a Zap."""
        return await self._deliver("zapier", request, request.hook)

    @operation("unsafe", look=_LOOK)
    async def trigger_make(self, request: TriggerMake) -> Delivery:
        """Send an event to a scenario of Make."""
        return await self._deliver("make", request, request.hook)

    @operation("unsafe", look=_LOOK)
    async def trigger_pipedream(self, request: TriggerPipedream) -> Delivery:
        """Send an event to a workflow of Pipedream."""
        return await self._deliver("pipedream", request, request.hook)

    @operation("unsafe", look=_LOOK)
    async def trigger_activepieces(self, request: TriggerActivepieces) -> Delivery:
        """Send an event to a flow of Activepieces."""
        return await self._deliver("activepieces", request, request.hook)

    @operation("unsafe", look=_LOOK)
    async def trigger_ifttt(self, request: TriggerIfttt) -> Delivery:
        """Send an event with three texts to IFTTT."""
        texts = {"value1": request.value1, "value2": request.value2, "value3": request.value3}
        given = {name: text for name, text in texts.items() if text}
        path = "/trigger/{event_name}/with/key/{IFTTT_WEBHOOK_KEY}"
        call = HttpCall("POST", path, {"event_name": request.event_name}, body=json_of(given))
        return await self._sent(self.ifttt, call, "ifttt", request.event_name)

    @operation("unsafe", look=_LOOK)
    async def trigger_ifttt_json(self, request: TriggerIftttJson) -> Delivery:
        """Send an event with any JSON to IFTTT."""
        return await self._ifttt(request.event_name, request.data)

    @operation("unsafe", look=_LOOK)
    async def trigger(self, request: Trigger) -> Delivery:
        """Send an event to one of the platforms."""
        return await self._deliver(request.platform, request, request.hook)

    @operation("unsafe", timeout=60, look=_LOOK)
    async def broadcast(self, request: Broadcast) -> Broadcasted:
        """Send an event to several platforms."""
        deliveries: list[Delivery] = []
        failures: dict[str, Failure] = {}
        for platform in dict.fromkeys(request.platforms or self._configured()):
            try:
                deliveries.append(await self._deliver(platform, request, None))
            except Failure as failure:
                failures[platform] = failure
        if not deliveries:
            raise _worst(failures)
        told = [
            Failed(platform=name, code=one.code, detail=one.detail)
            for name, one in failures.items()
        ]
        return Broadcasted(event=request.event, deliveries=deliveries, failures=told)

    def refusal(self, response: HttpResponse) -> Failure | None:
        """Hooks say in plain text why they refuse."""
        kind = response.headers.get("content-type", "")
        if response.status not in {400, *_REFUSED} or not kind.startswith("text/plain"):
            return None
        words = response.body.decode(errors="replace").strip()
        return UpstreamRejected(f"HTTP {response.status}: {words[:_SHOWN]}")

    async def _deliver(self, platform: str, event: Envelope, hook: str | None) -> Delivery:
        if platform == "ifttt":
            if hook is not None:
                raise InvalidRequest("IFTTT has one hook only: leave hook out.")
            return await self._ifttt(event.event, event.data)
        api = self.way_to(platform, hook)
        return await self._sent(api, _event(event), platform, event.event, hook)

    async def _ifttt(self, name: str, data: Mapping[str, Any]) -> Delivery:
        call = HttpCall("POST", _IFTTT, {"event_name": name}, body=json_of(data))
        return await self._sent(self.ifttt, call, "ifttt", name)

    async def _sent(
        self, api: Api, call: HttpCall, platform: str, event: str, hook: str | None = None
    ) -> Delivery:
        answer = await api.send(call)
        known = {"platform": platform, "event": event, "hook": hook}
        read = _queued if platform == "zapier" else _told
        told = api.parse(answer, Delivery, Whole(lambda one: read(one) | known))
        # an automation may answer with what it was sent, address and key included
        return told.model_copy(update={"reply": self._kit.redact(told.reply)})

    def _configured(self) -> list[str]:
        here = self.upstreams_in(self.env).values()
        known = ("zapier", "ifttt", "make", "pipedream", "activepieces")
        found = {one.member for one in here if not one.lacking(self.env)}
        if not found & set(known):
            names = (self.upstreams[name].url_variable for name in known if name != "ifttt")
            raise NotConfigured(f"Set one of {', '.join(names)} or IFTTT_WEBHOOK_KEY.")
        return [name for name in known if name in found]


def _event(event: Envelope) -> HttpCall:
    body: dict[str, Any] = {"event": event.event, "data": event.data, "source": event.source}
    if event.event_id is not None:
        body["id"] = event.event_id
    if event.occurred_at is not None:
        body["timestamp"] = text(event.occurred_at)
    return HttpCall("POST", "", body=json_of(body))


def _told(answer: HttpResponse) -> dict[str, Any]:
    return {"status": answer.status, "reply": answer.body.decode(errors="replace")}


def _queued(answer: HttpResponse) -> dict[str, Any]:
    said = orjson.loads(answer.body)
    if said["status"] != "success":
        raise ValueError("Zapier does not say that it was queued")
    return {**_told(answer), "request_id": said.get("request_id")}


def _worst(failures: Mapping[str, Failure]) -> Failure:
    first = next(iter(failures.values()))
    return next((one for one in failures.values() if isinstance(one, OutcomeUnknown)), first)
