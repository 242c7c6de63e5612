"""Make's API (https://developers.make.com/api-documentation): scenarios, hooks, data stores."""

from collections.abc import Callable
from typing import Any, Final

from clients._auth import Key
from clients._client import Client
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._upstream import Upstream
from contracts.automation_hub import (
    GetMakeOrganization,
    GetMakeScenarioLogs,
    ListMakeConnections,
    ListMakeHooks,
    ListMakeRecords,
    ListMakeScenarios,
    MakeConnections,
    MakeHooks,
    MakeLogs,
    MakeOrganization,
    MakeRecords,
    MakeRun,
    MakeScenarios,
    MakeState,
    RunMakeScenario,
    StartMakeScenario,
    StopMakeScenario,
)

Json = dict[str, Any]
Page = GetMakeScenarioLogs | ListMakeRecords | ListMakeScenarios

_LIMITS: Final = "https://developers.make.com/api-documentation/getting-started/rate-limiting"
_LOOK: Final = "automation_hub.get_make_scenario_logs shows its runs."
SAMPLES: Final = {"AUTOMATION_HUB_MAKE_API_URL": "https://eu1.make.com/api/v2"}
_STATES: Final = {"1": "success", "2": "warning", "3": "error"}


class Make(Client):
    """Make, in the zone where the organization is: ``MAKE_ZONE=eu1`` is enough of an address.

    The limit is the smallest plan's: set AUTOMATION_HUB_MAKE_API_LIMIT to one's own.
    """

    make_api = Upstream(
        "",
        auth=Key("Authorization", ("MAKE_API_KEY",), "Token "),
        limits=[Rate(60, per=MINUTE, source=_LIMITS)],
        probe="/users/me",
        aliases=("MAKE_ZONE",),
        bare="https://{}.make.com",
        below="/api/v2",
    )

    @operation("safe")
    async def get_make_organization(self, request: GetMakeOrganization) -> MakeOrganization:
        """Return an organization and how many calls a minute its plan allows."""
        path = "/organizations/{organization_id}"
        return await self.make_api.get(path, request, read=_organization)

    @operation("safe")
    async def list_make_scenarios(self, request: ListMakeScenarios) -> MakeScenarios:
        """List the scenarios of a team."""
        active = True if request.active_only else None
        query = {"teamId": request.team_id, "isActive": active, **_page(request)}
        read = _paged("scenarios", request)
        return await self.make_api.get("/scenarios", request, query=query, read=read)

    @operation("unsafe", timeout=60, look=_LOOK)
    async def run_make_scenario(self, request: RunMakeScenario) -> MakeRun:
        """Run a scenario now."""
        json: Json = {"responsive": request.wait}
        if request.data is not None:
            json["data"] = request.data
        path = "/scenarios/{scenario_id}/run"
        return await self.make_api.post(path, request, json=json, read=_named)

    @operation("unsafe", look=_LOOK)  # one that has a schedule runs at once
    async def start_make_scenario(self, request: StartMakeScenario) -> MakeState:
        """Make a scenario active."""
        path = "/scenarios/{scenario_id}/start"
        return await self.make_api.post(path, request, read=lambda answer: answer["scenario"])

    @operation("idempotent")
    async def stop_make_scenario(self, request: StopMakeScenario) -> MakeState:
        """Make a scenario inactive."""
        path = "/scenarios/{scenario_id}/stop"
        return await self.make_api.post(path, request, read=lambda answer: answer["scenario"])

    @operation("safe")
    async def get_make_scenario_logs(self, request: GetMakeScenarioLogs) -> MakeLogs:
        """List the runs of a scenario, the newest first."""
        query = {
            "from": request.since and int(request.since.timestamp() * 1000),
            "to": request.until and int(request.until.timestamp() * 1000),
            "status": request.status and _number(request.status),
            **_page(request),
        }
        read = _paged("logs", request)
        return await self.make_api.get(
            "/scenarios/{scenario_id}/logs",
            request,
            query=query,
            read=lambda answer: read({"logs": [_named(one) for one in answer["scenarioLogs"]]}),
        )

    @operation("safe")
    async def list_make_hooks(self, request: ListMakeHooks) -> MakeHooks:
        """List the hooks of a team, without their addresses."""
        query = {"teamId": request.team_id, "assigned": request.assigned}
        read = _only("hooks")
        return await self.make_api.get("/hooks", request, query=query, read=read)

    @operation("safe")
    async def list_make_records(self, request: ListMakeRecords) -> MakeRecords:
        """List the records of a data store."""
        path, read = "/data-stores/{data_store_id}/data", _paged("records", request)
        return await self.make_api.get(path, request, query=_page(request), read=read)

    @operation("safe")
    async def list_make_connections(self, request: ListMakeConnections) -> MakeConnections:
        """List the connections of a team to apps."""
        query, read = {"teamId": request.team_id}, _only("connections")
        return await self.make_api.get("/connections", request, query=query, read=read)


def _page(request: Page) -> Json:
    return {"pg[offset]": request.offset, "pg[limit]": request.limit}


def _paged(name: str, request: Page) -> Callable[[Json], Json]:
    """Return what reads a page: most tell no total, so a full one may have another behind it."""

    def read(answer: Json) -> Json:
        after = request.offset + len(answer[name])
        full = len(answer[name]) >= request.limit
        more = full and after < answer.get("count", after + 1)
        return answer | {"next_offset": after if more else None}

    return read


def _only(name: str) -> Callable[[Json], Json]:
    return lambda answer: {name: answer[name]}


def _named(raw: Json) -> Json:
    """Return a run with its status as a word: ``1``, ``2`` and ``3`` mean these."""
    said = raw.get("status")
    return raw | {"status": _STATES.get(str(said), said)}


def _number(status: str) -> str:
    return next(number for number, word in _STATES.items() if word == status)


def _organization(answer: Json) -> Json:
    raw: Json = answer["organization"]
    return raw | {"api_limit": (raw.get("license") or {}).get("apiLimit")}
