"""One UniFi console: where it is, how it is called, which of its sites is meant.

The base address ends in ``/proxy/network``; below lie the API of today (``/integration/v1``) and
the older one (``/api/s``), which alone has health, alarms, and the blocking of clients.
https://developer.ui.com/network/
"""

from typing import Any, ClassVar, Final, TypeVar

from clients._api import Api, HttpCall
from clients._auth import Key
from clients._body import json_of
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Rate
from clients._reading import Reading
from clients._upstream import Upstream
from clients.unifi import answers
from contracts import Facts, Failure, FieldError, InvalidRequest, Result
from contracts.unifi import Sites
from contracts.unifi.parameters import Limits, OnConsole, OnNamedSite, OnSite, Paged

R = TypeVar("R", bound=Result)
Json = dict[str, Any]

API: Final = "/integration/v1"
_SITE: Final = "/integration/v1/sites/{site_id}"
_SHOWN: Final = 20


class Console(Client):
    """Consoles of one's own, each with its key and, since most sign themselves, its certificate."""

    console = Upstream(
        "",
        auth=Key("X-API-KEY", ("UNIFI_API_KEY",)),
        # documents no limit: ours
        limits=[Rate(5, per=1, burst=10, source="https://developer.ui.com/network/")],
        probe=f"{API}/info",
        aliases=("UNIFI_HOST", "UNIFI_UDM_IP"),
        below="/proxy/network",
        instances="UNIFI_CONSOLES",
        pin="UNIFI",
    )
    variables = ("UNIFI_SITE",)
    samples: ClassVar = {"UNIFI_CONSOLE_URL": "https://console.example.com/proxy/network"}

    def refusal(self, response: HttpResponse) -> Failure | None:
        """The older API hides failures in a 200."""
        return answers.refused(response)

    def at(self, request: OnConsole) -> Api:
        """Return the way to the console that was asked for."""
        return self.way_to("console", request.console)

    async def read(
        self,
        request: OnSite,
        path: str,
        into: type[R],
        read: Reading | None = None,
        query: Json | None = None,
    ) -> R:
        """Return what a path of the site holds."""
        return await self._ask(request, HttpCall("GET", path, query=query or {}), into, read)

    async def do(
        self, request: OnSite, path: str, into: type[R], json: Json, read: Reading | None = None
    ) -> R:
        """Return what posting to a path of the site answers; None in the body is left out."""
        present = {name: value for name, value in json.items() if value is not None}
        return await self._ask(request, HttpCall("POST", path, body=json_of(present)), into, read)

    async def drop(self, request: OnSite, path: str, into: type[R], query: Json) -> R:
        """Return what deleting at a path of the site answers."""
        return await self._ask(request, HttpCall("DELETE", path, query=query), into, None)

    def named(self, request: OnNamedSite) -> Json:
        """Return what paths of the older API have."""
        return {"site": request.site or self.env.get("UNIFI_SITE") or "default"}

    async def _ask(self, request: OnSite, call: HttpCall, into: type[R], read: Reading | None) -> R:
        api = self.at(request)
        site = request.site_id or await self._only_site(api)
        values = {**vars(request), "site_id": site}
        whole = HttpCall(call.method, _SITE + call.path, values, call.query, call.body)
        return api.parse(await api.send(whole), into, read)

    async def _only_site(self, api: Api) -> str:
        call = HttpCall("GET", f"{API}/sites", query={"limit": _SHOWN}, kind="safe")
        found = api.parse(await api.send(call), Sites, answers.paged("sites"))
        if found.total == 1 and found.sites:
            return found.sites[0].id
        names = ", ".join(f"{one.name} ({one.id})" for one in found.sites) or "none"
        text = f"is needed: the console has not one site, but {names}"
        facts = Facts(errors=(FieldError(field="site_id", message=text),))
        raise InvalidRequest(f"site_id {text}.", facts)


def page(request: Paged) -> Json:
    """Return the query of a page."""
    return {"offset": request.offset, "limit": request.limit, "filter": request.filter}


def limits(request: Limits) -> Json:
    """Return what a guest may use, as the console writes it."""
    return {
        "dataUsageLimitMBytes": request.data_usage_limit_mb,
        "rxRateLimitKbps": request.rx_rate_limit_kbps,
        "txRateLimitKbps": request.tx_rate_limit_kbps,
    }
